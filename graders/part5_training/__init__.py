"""Part 5, "Training: learning from mistakes": a module or package per exercise, named as its solution or test cell."""

from graders.part5_training.binary_cross_entropy import bce
from graders.part5_training.convergence import converges
from graders.part5_training.gradient_descent import descent
from graders.part5_training.gradients import gradient
from graders.part5_training.knowledge_check import knowledge
from graders.part5_training.limits_of_one_neuron import limits
from graders.part5_training.mse_loss import mse
from graders.part5_training.train import training

__all__ = ["bce", "converges", "descent", "gradient", "knowledge", "limits", "mse", "training"]
