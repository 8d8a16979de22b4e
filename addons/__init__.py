"""What the Rasa server loads: channels, language understanding, words, stores."""
