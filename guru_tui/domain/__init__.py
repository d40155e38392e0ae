"""Rules of the practice: pure, without a store, a network or a clock of its own."""
