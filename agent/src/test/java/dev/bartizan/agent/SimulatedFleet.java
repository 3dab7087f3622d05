// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.SimulatedRelease.Quality;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SilenceRule;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.updater.tuf.RepositorySimulator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What a fleet publishes in the course of time, from a seed: policies, releases good and bad, and
 * suites of them. Each edition is all that a server has then. The last one is good in all its
 * parts.
 */
final class SimulatedFleet {
  static final String SUITE = "line";
  static final List<String> MODELS = List.of("gauge", "valve");

  private static final int EDITIONS = 9;
  private static final Set<String> RIGHTS = Set.of("status", "attest", "update", "rollback");

  /**
   * Something a device can be told to go to.
   *
   * @param kind {@code model} or {@code suite}
   */
  record Offer(String kind, ReleaseName release) {}

  /**
   * All that a server has.
   *
   * @param what is new in it
   * @param version of the metadata about targets
   * @param files by path, documents by their digest alone
   */
  record Edition(
      String what,
      long version,
      Map<String, byte[]> metadata,
      Map<String, byte[]> files,
      List<Offer> offers) {
    Optional<byte[]> file(String path) {
      if (path.startsWith("metadata/")) {
        return Optional.ofNullable(metadata.get(path.substring("metadata/".length())));
      }
      String name = path.substring(path.lastIndexOf('/') + 1).replaceAll("\\..*", "");
      return Optional.ofNullable(files.get(path.startsWith("targets/") ? name : path));
    }
  }

  private final Ground ground;
  private final RepositorySimulator repository;
  private final SplittableRandom random;
  private final SecureRandom secrets = new SecureRandom();
  private final List<Edition> editions = new ArrayList<>();
  private final Map<ReleaseName, Quality> qualities = new HashMap<>();
  private final Map<String, byte[]> files = new HashMap<>();
  private final List<Offer> offers = new ArrayList<>();
  private int version;
  private long nextKind;

  SimulatedFleet(Ground ground, long seed) throws IOException, Refusal {
    this.ground = ground;
    this.repository = ground.repository().copy();
    this.random = new SplittableRandom(seed);
    this.nextKind = 5 * seed;
    begin();
    while (editions.size() < EDITIONS - 1) {
      goOn();
    }
    end();
  }

  /** Each from the beginning to the end. */
  List<Edition> editions() {
    return editions;
  }

  /** What is wrong with a release of a model; a suite is as good as its members. */
  Quality quality(ReleaseName release) {
    return Optional.ofNullable(qualities.get(release)).orElseThrow();
  }

  /** Another edition, with no more than another policy, for a verifier that does not answer. */
  Edition inSilence(SilenceRule rule) throws Refusal {
    version++;
    target(DevicePolicy.TARGET, policyOf(true, true, RIGHTS).inSilence(rule).toJson());
    publish("a policy for silence: " + rule.reaction().text());
    return editions.get(editions.size() - 1);
  }

  private void begin() throws IOException, Refusal {
    version++;
    policy(true, true, RIGHTS);
    for (String model : MODELS) {
      release(model, Quality.GOOD);
    }
    publish("a good release of each model");
  }

  private void goOn() throws IOException, Refusal {
    version++;
    switch (random.nextInt(9)) {
      case 0 -> {
        boolean isAlone = random.nextBoolean();
        policy(isAlone, true, random.nextInt(4) == 0 ? Set.of("status") : RIGHTS);
        publish("a policy, updates " + (isAlone ? "alone" : "by command"));
      }
      case 1 -> {
        policy(true, false, RIGHTS);
        publish("a policy that has this boot serve nothing");
      }
      case 2, 3, 4 -> {
        Quality quality = any();
        suite(quality);
        publish("a suite, " + quality);
      }
      default -> {
        Quality quality = any();
        String model = MODELS.get(random.nextInt(MODELS.size()));
        release(model, quality);
        publish(model + ", " + quality);
      }
    }
  }

  private void end() throws IOException, Refusal {
    version++;
    policy(false, true, RIGHTS);
    suite(Quality.GOOD);
    publish("a good suite at last");
  }

  /** A third of them is good; of the others each kind has its turn, from fleet to fleet. */
  private Quality any() {
    Quality[] all = Quality.values();
    return random.nextInt(3) == 0 ? Quality.GOOD : all[1 + (int) (nextKind++ % (all.length - 1))];
  }

  private void policy(boolean updatesAlone, boolean servesUnknown, Set<String> rights)
      throws Refusal {
    target(DevicePolicy.TARGET, policyOf(updatesAlone, servesUnknown, rights).toJson());
  }

  private DevicePolicy policyOf(boolean updatesAlone, boolean servesUnknown, Set<String> rights) {
    CommandKeys keys =
        new CommandKeys(List.of(new CommandKeys.Entry(ground.operator().key(), rights)));
    return new DevicePolicy(
        keys, Set.copyOf(MODELS), updatesAlone, servesUnknown, Set.of(), UpdateTimes.ANY);
  }

  private SuiteManifest.Member release(String model, Quality quality) throws IOException, Refusal {
    ReleaseName name = new ReleaseName(model, version + ".0.0");
    SimulatedRelease release = SimulatedRelease.of(name, quality, ground, secrets);
    qualities.put(name, quality);
    files.putAll(release.files());
    target(name.modelTarget(), release.manifest().toArray());
    offers.add(new Offer("model", name));
    return new SuiteManifest.Member(name.version(), Digest.of(release.manifest().toArray()));
  }

  /**
   * @param last of the last of its members; those before it are good
   */
  private void suite(Quality last) throws IOException, Refusal {
    Map<String, SuiteManifest.Member> members = new TreeMap<>();
    for (String model : MODELS) {
      boolean isLast = members.size() == MODELS.size() - 1;
      members.put(model, release(model, isLast ? last : Quality.GOOD));
    }
    ReleaseName name = new ReleaseName(SUITE, version + ".0.0");
    qualities.put(name, last);
    target(name.suiteTarget(), new SuiteManifest(name, members, StrictJson.object()).toJson());
    offers.add(new Offer("suite", name));
  }

  private void target(String path, byte[] content) {
    repository.addTarget("targets", path, new String(content, StandardCharsets.UTF_8));
    files.put(Digest.of(content).hex(), content);
  }

  private void publish(String what) {
    repository.release("targets");
    editions.add(
        new Edition(
            what,
            repository.version("targets"),
            repository.allServed(),
            Map.copyOf(files),
            List.copyOf(offers)));
  }
}
