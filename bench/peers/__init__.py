"""The peers, each as a program of its own: a run of it is measured from outside, exactly as a run of ours."""
