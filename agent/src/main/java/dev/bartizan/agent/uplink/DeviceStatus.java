// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.uplink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.crypto.json.StrictJson;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** What the agent knows of itself, each part saying its own: at once, from any thread. */
public final class DeviceStatus {
  private final String version;
  private final InstantSource clock;
  private final Instant started;
  private final BooleanSupplier isReady;
  private final ActiveAlarms alarms;
  private final List<Consumer<ObjectNode>> parts;

  /**
   * @param isReady whether every model serves that is meant to
   * @param parts add what each knows
   */
  DeviceStatus(
      String version,
      InstantSource clock,
      BooleanSupplier isReady,
      ActiveAlarms alarms,
      List<Consumer<ObjectNode>> parts) {
    this.version = version;
    this.clock = clock;
    this.started = clock.instant();
    this.isReady = isReady;
    this.alarms = alarms;
    this.parts = List.copyOf(parts);
  }

  String version() {
    return version;
  }

  Duration uptime() {
    return Duration.between(started, clock.instant());
  }

  /** The document of {@code bartizan status --json}. */
  public ObjectNode document() {
    ObjectNode status = StrictJson.object();
    status
        .putObject("agent")
        .put("version", version)
        .put("uptime_seconds", uptime().toSeconds())
        .put("ready", isReady.getAsBoolean());
    parts.forEach(part -> part.accept(status));
    ObjectNode wrong = status.putObject("alarms");
    alarms.all().forEach(wrong::put);
    return status;
  }
}
