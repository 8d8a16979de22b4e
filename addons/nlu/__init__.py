"""How a message is understood: one intent, every sign, who tells."""
