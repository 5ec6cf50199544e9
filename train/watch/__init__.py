"""What a run shows and survives: progress, trackers, energy, spikes, signals, its model card."""
