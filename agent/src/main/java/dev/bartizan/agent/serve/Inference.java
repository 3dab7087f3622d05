// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve;

import dev.bartizan.updater.engine.Tensor;
import java.util.Map;

/**
 * An answered inference.
 *
 * @param version which version of the model answered
 */
public record Inference(String model, String version, Map<String, Tensor> outputs) {}
