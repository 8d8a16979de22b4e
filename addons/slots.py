"""Slots that Rasa does not have."""

from rasa.shared.core.slots import ListSlot


class SignsSlot(ListSlot):
    """The signs of a message; tells the rules only whether they are several."""

    type_name = "signs"

    def _as_feature(self) -> list[float]:
        return [1.0 if isinstance(self.value, list) and len(self.value) > 1 else 0.0]
