"""Where messages enter and replies leave; every channel is built on the guarantee."""
