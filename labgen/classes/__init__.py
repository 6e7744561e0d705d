"""Classes: many labs of one scenario, a seat for each learner."""
