// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import dev.bartizan.updater.engine.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code $inference_request}, read and checked for itself; whether the model takes it is the
 * model's business.
 *
 * @param id to be returned in the response
 * @param outputs those wanted; none for all
 * @param binary whether outputs that do not say otherwise are wanted as binary data
 */
record InferenceRequest(
    Optional<String> id, Map<String, Tensor> inputs, List<WantedOutput> outputs, boolean binary) {

  /** {@code $request_output}. */
  record WantedOutput(String name, Optional<Boolean> binary) {}

  /** Whether the output of this name goes out as binary data. */
  boolean wantsBinary(String output) {
    return outputs.stream()
        .filter(wanted -> wanted.name().equals(output))
        .flatMap(wanted -> wanted.binary().stream())
        .findFirst()
        .orElse(binary);
  }
}
