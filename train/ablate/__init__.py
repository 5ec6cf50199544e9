"""The ablation: which of several versions is the better text to train on."""
