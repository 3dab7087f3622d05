// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.agent.SimulatedRelease.Quality;
import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.ComponentKind;
import dev.bartizan.updater.install.History;
import dev.bartizan.updater.install.HistoryEntry;
import dev.bartizan.updater.install.HistoryHead;
import dev.bartizan.updater.install.HistoryRefusal;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Release;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What holds in every life, whatever happens in it. */
final class LifeInvariants {
  private static final Set<Quality> NEVER_SERVED =
      Set.of(Quality.WRONG, Quality.UNLOADABLE, Quality.KEYLESS, Quality.DAMAGED);

  private final SimulatedFleet fleet;
  private final FakeDisk disk;
  private final Set<String> worthless;
  private long believed;

  /** Installed models that this process has served. */
  private Set<String> served = Set.of();

  /**
   * @param worthless commands that nobody may obey
   */
  LifeInvariants(SimulatedFleet fleet, FakeDisk disk, Set<String> worthless) {
    this.fleet = fleet;
    this.disk = disk;
    this.worthless = worthless;
  }

  /** Another process: what the last one served, it has to load again. */
  void restarted() {
    served = Set.of();
  }

  /**
   * Looks at a device between two turns.
   *
   * @param targets the version of the metadata about targets that it believes
   */
  void look(Daemon daemon, long targets) {
    require(targets >= believed, "back from version " + believed + " to " + targets);
    believed = targets;
    Set<String> serving = new HashSet<>();
    Set<String> idle = new TreeSet<>();
    for (ModelState model : daemon.deploy().modelStates()) {
      if (model.serves()) {
        requireSound(model);
        serving.add(model.name());
      } else if (model.state() == ModelState.State.ACTIVE) {
        idle.add(model.name());
      }
    }
    // A policy may withdraw them all; of one alone nobody may lose sight.
    idle.retainAll(served);
    boolean isWithdrawn = !daemon.models().loader().isPermitted();
    require(isWithdrawn || idle.isEmpty(), "served, and does no more: " + idle);
    served = isWithdrawn ? Set.of() : serving;
  }

  private void requireSound(ModelState model) {
    Quality quality = fleet.quality(new ReleaseName(model.name(), model.version()));
    boolean isOnTrial = model.state() == ModelState.State.PROBATION;
    boolean may = quality.isSound() || (isOnTrial && !NEVER_SERVED.contains(quality));
    require(may, model + " serves, and is " + quality);
  }

  /**
   * What was good before a start, and is not held back by policy, chip or disk, serves after it.
   */
  static void requireInstalledServes(Daemon daemon) {
    List<ModelState> idle =
        daemon.deploy().modelStates().stream()
            .filter(it -> it.state() == ModelState.State.ACTIVE && !it.serves())
            .toList();
    require(
        idle.isEmpty() || !daemon.models().loader().isPermitted(),
        "does not serve after a start: " + idle);
  }

  /**
   * Reads the whole story that the device tells of itself.
   *
   * @return how often which step was taken, and why not
   */
  Map<String, Integer> requireWholeHistory(JsonNode status) throws IOException {
    JsonNode head = status.path("history");
    Map<String, Integer> steps = new TreeMap<>();
    Map<String, String> active = new TreeMap<>();
    Set<String> ended = new HashSet<>();
    try {
      Digest digest = Digest.ofHex(head.path("head").asText());
      History.verify(disk, new HistoryHead(head.path("entries").asLong(), digest));
      for (HistoryEntry entry : History.read(disk)) {
        String id = entry.event().deployment();
        require(!worthless.contains(id), "obeyed " + id);
        if (List.of("committed", "rolled-back", "refused").contains(entry.event().what())) {
          require(ended.add(id), id + " has ended twice");
        }
        if (entry.components().isPresent()) {
          follow(entry, active);
        }
        String why = entry.event().why().replaceAll("[^A-Z_].*", "");
        steps.merge(entry.event().what(), 1, Integer::sum);
        steps.merge(why.length() > 2 ? why : "no reason", 1, Integer::sum);
      }
    } catch (HistoryRefusal broken) {
      throw new AssertionError(broken);
    }
    return steps;
  }

  /** Nothing unsound is ever installed, and nobody goes back but by order. */
  private void follow(HistoryEntry entry, Map<String, String> active) {
    for (Component component : entry.components().orElseThrow().byName().values()) {
      Optional<Release> release = component.activeRelease();
      if (component.kind() == ComponentKind.SOFTWARE || release.isEmpty()) {
        continue;
      }
      ReleaseName now = new ReleaseName(component.name().name(), release.get().version());
      require(fleet.quality(now).isSound(), now + " was installed, " + fleet.quality(now));
      String before = active.put(component.name().text(), now.version());
      boolean isBack =
          before != null
              && SimulatedRelease.factor(new ReleaseName("x", before))
                  > SimulatedRelease.factor(now);
      boolean isOrdered =
          entry.event().by().filter(it -> it.kind() == Initiator.Kind.COMMAND).isPresent();
      require(!isBack || isOrdered, "unasked from " + before + " to " + now + ": " + entry);
    }
  }

  /** What a device says is wrong with it, apart from {@code harmless}. */
  static Set<String> wrong(JsonNode status, Set<String> harmless) {
    Set<String> wrong = new TreeSet<>();
    status.path("alarms").fieldNames().forEachRemaining(wrong::add);
    wrong.removeAll(harmless);
    return wrong;
  }

  /** How each part is that is not well. */
  static Map<String, String> unwell(JsonNode status) {
    return status.path("health").properties().stream()
        .filter(part -> !part.getValue().asText().equals("good"))
        .collect(Collectors.toMap(Map.Entry::getKey, part -> part.getValue().asText()));
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
