package dev.javisor.junit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Gives a run fake machines; stands above classes, so that it comes first. */
final class UseFakes implements ExecutionCondition {
  /** One run at a time. */
  static volatile @Nullable FakeMachines machines;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    context.getRoot().getStore(Machines.NAMESPACE).put(Machines.SOURCE, machines);
    return ConditionEvaluationResult.enabled("with fake machines");
  }
}
