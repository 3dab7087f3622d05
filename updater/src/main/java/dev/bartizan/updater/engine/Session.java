// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine;

import java.util.Map;
import java.util.Set;

/**
 * One loaded model. Any number of threads may infer at once; {@link #close} comes after the last.
 */
public interface Session extends AutoCloseable {
  /** What it takes, in the model's order; all of it is required. */
  Map<String, TensorSpec> inputs();

  /** What it gives, in the model's order. */
  Map<String, TensorSpec> outputs();

  /**
   * Runs the model once, for a client.
   *
   * @param wanted names of outputs; empty for all
   * @param allowance asked before each output is copied
   * @return the outputs in the model's order, independent of inputs and session
   * @throws RunRefusal when the inputs are not the model's, or the engine fails on them
   */
  Map<String, Tensor> infer(Map<String, Tensor> given, Set<String> wanted, Allowance allowance)
      throws RunRefusal;

  /** The same, without a limit for the outputs. */
  default Map<String, Tensor> infer(Map<String, Tensor> given, Set<String> wanted)
      throws RunRefusal {
    return infer(given, wanted, Allowance.UNLIMITED);
  }

  @Override
  void close();
}
