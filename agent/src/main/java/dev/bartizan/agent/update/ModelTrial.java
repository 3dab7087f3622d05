// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.agent.models.ModelLoader;
import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.ModelSetChange;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.updater.engine.ModelRefusal;
import dev.bartizan.updater.engine.RunRefusal;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.golden.GoldenRefusal;
import dev.bartizan.updater.install.ComponentKind;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Tries releases on this device: golden vectors before they serve, their guards while they do.
 * Those of a suite take over, and go back, in one instant.
 *
 * <p>Called by the installer's one thread.
 */
public final class ModelTrial {
  /** Comparing costs the loop this much at most; fewer pairs are run then. */
  private static final Duration LONGEST_COMPARISON = Duration.ofSeconds(10);

  /** Golden runs in probation take one part of the time in so many: clients come first. */
  private static final int SHARE = 20;

  private final Loading loading;
  private final ModelService service;
  private final Suites suites;
  private final LongSupplier nanoTime;

  /** Loaded by the preflight, so that activation only swaps; by the release each is of. */
  private final Map<Digest, Candidate> candidates = new HashMap<>();

  /** By model. */
  private final Map<String, Probation> probations = new HashMap<>();

  private record Candidate(ReleaseName name, ModelLoader.Loaded loaded) {}

  /** One model in probation, and the work it shows itself on. */
  private static final class Probation {
    private final ProbationLimits guards;
    private final List<Map<String, Tensor>> inputs;
    private final GoldenRuns runs;
    private final long startNanos;
    private int next;
    private long notBefore;

    Probation(ProbationLimits guards, List<Map<String, Tensor>> inputs, long now) {
      this.guards = guards;
      this.inputs = inputs;
      this.runs = new GoldenRuns(guards.errorsPerMille());
      this.startNanos = now;
      this.notBefore = now;
    }
  }

  /** Opens a release; see {@link ModelLoader#load}. */
  @FunctionalInterface
  public interface Loading {
    ModelLoader.Loaded load(ReleaseName name, Digest release) throws IOException, Refusal;
  }

  /** What an installed suite says; see {@link SuiteDocuments#held}. */
  @FunctionalInterface
  public interface Suites {
    SuiteManifest held(Release release) throws IOException, Refusal;
  }

  /**
   * @param nanoTime monotonic: a clock that is set must not end a probation
   */
  public ModelTrial(Loading loading, ModelService service, Suites suites, LongSupplier nanoTime) {
    this.loading = loading;
    this.service = service;
    this.suites = suites;
    this.nanoTime = nanoTime;
  }

  private static List<Deployment> models(Deployment deployment) {
    return deployment.moves().stream()
        .filter(it -> it.componentKind() == ComponentKind.MODEL)
        .toList();
  }

  Verdict preflight(Deployment deployment) throws IOException, Refusal {
    drop();
    try {
      for (Candidate candidate : load(targets(deployment))) {
        Optional<String> slow = compare(candidate);
        if (slow.isPresent()) {
          return Verdict.unhealthy(slow.get());
        }
      }
      return Verdict.healthy();
    } catch (GoldenRefusal | ModelRefusal unfit) {
      return Verdict.unhealthy(Explanation.of(unfit));
    }
  }

  /**
   * Old and new on the same inputs, before a client meets the new one. A version that does not take
   * these inputs is not comparable, and nothing is said.
   */
  private Optional<String> compare(Candidate candidate) {
    List<Map<String, Tensor>> inputs = candidate.loaded().model().inputs();
    SideBySide sides = new SideBySide(candidate.loaded().guards().latencyPercent());
    long begin = nanoTime.getAsLong();
    try {
      while (!inputs.isEmpty()
          && sides.pairs() < SideBySide.PAIRS
          && nanoTime.getAsLong() - begin < LONGEST_COMPARISON.toNanos()) {
        pair(candidate, inputs.get(sides.pairs() % inputs.size()), sides);
      }
      return sides.fault();
    } catch (InferenceRefusal | RunRefusal notComparable) {
      return Optional.empty();
    }
  }

  /** In turns one goes first and the other: what the first warms up, the second finds warm. */
  private void pair(Candidate candidate, Map<String, Tensor> inputs, SideBySide sides)
      throws InferenceRefusal, RunRefusal {
    String model = candidate.name().name();
    if (sides.pairs() % 2 == 0) {
      long before = service.shadow(model, inputs).toNanos();
      sides.pair(before, time(candidate, inputs));
    } else {
      long now = time(candidate, inputs);
      sides.pair(service.shadow(model, inputs).toNanos(), now);
    }
  }

  private long time(Candidate candidate, Map<String, Tensor> inputs) throws RunRefusal {
    long start = nanoTime.getAsLong();
    candidate.loaded().model().model().infer(inputs, Set.of());
    return nanoTime.getAsLong() - start;
  }

  private static Map<String, Release> targets(Deployment deployment) {
    Map<String, Release> targets = new TreeMap<>();
    models(deployment).forEach(it -> targets.put(it.component().name(), it.to()));
    return targets;
  }

  void activate(Deployment deployment) throws IOException, Refusal {
    Map<String, Optional<SuiteManifest>> suite = suite(deployment, Optional.of(deployment.to()));
    List<Candidate> ready = load(targets(deployment));
    takeOver(ready, Set.of(), suite);
    probations.clear();
    for (Candidate each : ready) {
      ModelLoader.Loaded loaded = each.loaded();
      probations.put(
          each.name().name(),
          new Probation(loaded.guards(), loaded.model().inputs(), nanoTime.getAsLong()));
    }
  }

  /** What a suite says from now on; nothing when no suite moves. */
  private Map<String, Optional<SuiteManifest>> suite(Deployment deployment, Optional<Release> now)
      throws IOException, Refusal {
    if (!deployment.isSuite()) {
      return Map.of();
    }
    String name = deployment.component().name();
    return Map.of(name, now.isPresent() ? Optional.of(suites.held(now.get())) : Optional.empty());
  }

  Verdict observe(Deployment deployment) {
    Verdict verdict = Verdict.healthy();
    for (Deployment move : models(deployment)) {
      verdict = verdict.and(observe(move.component().name()));
    }
    return verdict;
  }

  private Verdict observe(String model) {
    Probation probation = probations.get(model);
    if (probation == null) {
      throw new IllegalStateException("observed before it was activated");
    }
    return service.find(model).isEmpty()
        ? Verdict.unhealthy("NOT_SERVING: " + model + " does not serve")
        : judge(model, probation);
  }

  private Verdict judge(String model, Probation watch) {
    run(model, watch);
    if (watch.runs.fault().isPresent()) {
      return Verdict.unhealthy(watch.runs.fault().get());
    }
    Duration watched = Duration.ofNanos(nanoTime.getAsLong() - watch.startNanos);
    Duration left = watch.guards.probation().minus(watched);
    return left.isNegative() || left.isZero()
        ? Verdict.healthy()
        : Verdict.pending("in probation for " + left.toSeconds() + " s more");
  }

  /** One golden input, unless the last one is too recent. */
  private void run(String model, Probation watch) {
    long now = nanoTime.getAsLong();
    if (watch.inputs.isEmpty() || now < watch.notBefore) {
      return;
    }
    try {
      service.shadow(model, watch.inputs.get(watch.next++ % watch.inputs.size()));
      watch.runs.answered();
    } catch (InferenceRefusal failed) {
      watch.runs.failed();
    }
    long taken = nanoTime.getAsLong() - now;
    watch.notBefore = now + Math.multiplyExact(taken, SHARE);
  }

  void restore(Deployment deployment) throws IOException, Refusal {
    drop();
    probations.clear();
    Map<String, Optional<SuiteManifest>> suite = suite(deployment, deployment.from());
    Set<String> retired = new HashSet<>();
    Map<String, Release> back = new TreeMap<>();
    for (Deployment move : models(deployment)) {
      String model = move.component().name();
      if (move.from().isEmpty()) {
        retired.add(model);
      } else if (!serves(model, move.from().get())) {
        back.put(model, move.from().get());
      }
    }
    takeOver(load(back), retired, suite);
  }

  private boolean serves(String model, Release release) {
    return service.find(model).filter(it -> it.version().equals(release.version())).isPresent();
  }

  /** Makes candidates of releases, by model: of all of them, or when one fails of none. */
  private List<Candidate> load(Map<String, Release> releases) throws IOException, Refusal {
    List<Candidate> ready = new ArrayList<>();
    try {
      for (Map.Entry<String, Release> one : releases.entrySet()) {
        ready.add(candidate(one.getKey(), one.getValue()));
      }
      return ready;
    } finally {
      if (ready.size() < releases.size()) {
        drop(); // They hold memory outside of the heap.
      }
    }
  }

  private Candidate candidate(String model, Release release) throws IOException, Refusal {
    Candidate known = candidates.get(release.manifest());
    if (known != null) {
      return known;
    }
    ReleaseName name = new ReleaseName(model, release.version());
    Candidate loaded = new Candidate(name, loading.load(name, release.manifest()));
    candidates.put(release.manifest(), loaded);
    return loaded;
  }

  private void takeOver(
      List<Candidate> ready, Set<String> retired, Map<String, Optional<SuiteManifest>> suites) {
    List<ModelSetChange.Takeover> takeovers =
        ready.stream()
            .map(
                it ->
                    new ModelSetChange.Takeover(
                        it.name().name(), it.name().version(), it.loaded().model()))
            .toList();
    service.change(new ModelSetChange(takeovers, retired, suites));
    candidates.values().removeAll(ready); // From here on it is the service that closes them.
  }

  private void drop() {
    candidates.values().forEach(it -> it.loaded().model().model().close());
    candidates.clear();
  }
}
