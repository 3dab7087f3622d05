// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve;

import dev.bartizan.updater.engine.TensorSpec;
import java.util.List;

/** A model that serves now, as clients may know it. */
public record ServedModel(
    String name, String version, List<TensorSpec> inputs, List<TensorSpec> outputs) {}
