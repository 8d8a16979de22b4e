"""How responses become words: the language of the conversation first."""
