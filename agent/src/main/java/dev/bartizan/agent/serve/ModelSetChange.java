// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve;

import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.updater.golden.ProvenModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A change of what serves, which happens in one instant.
 *
 * @param in models that take over
 * @param out names of models that stop
 * @param suites that change, by name; empty for one that is no longer there
 */
public record ModelSetChange(
    List<Takeover> in, Set<String> out, Map<String, Optional<SuiteManifest>> suites) {
  /** A model that takes over from whatever serves under its name. */
  public record Takeover(String name, String version, ProvenModel proven) {}

  public ModelSetChange {
    in = List.copyOf(in);
    out = Set.copyOf(out);
    suites = Map.copyOf(suites);
  }
}
