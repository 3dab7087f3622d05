// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.DemandedSettings;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Settings of a machine that keep weights and keys from others, or do not: names and values in one
 * event of the agent's log, so that a quote covers them.
 *
 * @param values by name; {@link #UNKNOWN} where the agent could not see
 */
public record MachineSettings(Map<String, String> values) {
  /** What nobody could see; it is acceptable to nobody. */
  public static final String UNKNOWN = DemandedSettings.UNKNOWN;

  private static final String BETWEEN = " ";

  public MachineSettings {
    SortedMap<String, String> sorted = new TreeMap<>(values);
    sorted.forEach(MachineSettings::require);
    values = Collections.unmodifiableSortedMap(sorted);
    if (values.isEmpty() || text(values).length() > AgentEvent.MAX_DESCRIPTION) {
      throw new IllegalArgumentException(values.size() + " settings, too many or none");
    }
  }

  private static void require(String name, String value) {
    if (!DemandedSettings.isName(name) || !DemandedSettings.isValue(value)) {
      throw new IllegalArgumentException("not a setting: " + name);
    }
  }

  private static String text(Map<String, String> values) {
    return values.entrySet().stream()
        .map(it -> it.getKey() + "=" + it.getValue())
        .collect(Collectors.joining(BETWEEN));
  }

  /** As it is measured: {@code core=0 swap=none}, by name. */
  public AgentEvent event() {
    String text = text(values);
    Digest digest = Digest.of(text.getBytes(StandardCharsets.UTF_8));
    return new AgentEvent(AgentEvent.Kind.SETTINGS, digest, text);
  }

  /** What an event says; empty unless it says so exactly as {@link #event} does. */
  public static Optional<MachineSettings> of(AgentEvent event) {
    Map<String, String> values = new TreeMap<>();
    for (String setting : event.description().split(BETWEEN, -1)) {
      String[] parts = setting.split("=", 2);
      if (parts.length != 2 || values.put(parts[0], parts[1]) != null) {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(new MachineSettings(values)).filter(it -> it.event().equals(event));
    } catch (IllegalArgumentException notSettings) {
      return Optional.empty();
    }
  }

  /** The value of one; {@link #UNKNOWN} where nothing is said of it. */
  public String get(String name) {
    return values.getOrDefault(name, UNKNOWN);
  }
}
