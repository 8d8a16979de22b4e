"""What a turn costs in a running server: stock Rasa, Conch, and several Conches, measured in one run."""
