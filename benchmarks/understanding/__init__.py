"""What Conch understands beside what others would, trained and measured in one run."""
