package dev.bartizan.agent.update;

import dev.bartizan.agent.serve.Lineup;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.Observation;
import dev.bartizan.agent.vault.ModelLoader;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.engine.ModelRefusal;
import dev.bartizan.updater.golden.GoldenRefusal;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.Verdict;
import dev.bartizan.updater.release.Guards;
import dev.bartizan.updater.release.ReleaseName;
import dev.bartizan.updater.release.SuiteManifest;
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
  private static final int PER_MILLE = 1000;

  private final Loading loading;
  private final ModelService service;
  private final Suites suites;
  private final LongSupplier nanoTime;

  /** Loaded by the preflight, so that activation only swaps; by the release each is of. */
  private final Map<Digest, Candidate> candidates = new HashMap<>();

  /** By model. */
  private final Map<String, Probation> probations = new HashMap<>();

  private record Candidate(ReleaseName name, ModelLoader.Loaded loaded) {}

  private record Probation(Guards guards, long startNanos, Optional<Duration> medianBefore) {}

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
    return deployment.moves().stream().filter(it -> !Component.isSoftware(it.component())).toList();
  }

  Verdict preflight(Deployment deployment) throws IOException, Refusal {
    drop();
    try {
      load(targets(deployment));
      return Verdict.healthy();
    } catch (GoldenRefusal | ModelRefusal unfit) {
      return Verdict.unhealthy(Explanation.of(unfit));
    }
  }

  private static Map<String, Release> targets(Deployment deployment) {
    Map<String, Release> targets = new TreeMap<>();
    models(deployment).forEach(it -> targets.put(it.component(), it.to()));
    return targets;
  }

  void activate(Deployment deployment) throws IOException, Refusal {
    Map<String, Optional<SuiteManifest>> suite = suite(deployment, Optional.of(deployment.to()));
    List<Candidate> ready = load(targets(deployment));
    Map<String, Guards> guards = new HashMap<>();
    ready.forEach(it -> guards.put(it.name().name(), it.loaded().guards()));
    Map<String, Observation> before = takeOver(ready, Set.of(), suite);
    probations.clear();
    guards.forEach(
        (model, kept) ->
            probations.put(
                model,
                new Probation(
                    kept,
                    nanoTime.getAsLong(),
                    Optional.ofNullable(before.get(model))
                        .filter(it -> it.answered() > 0)
                        .map(it -> it.latency().median()))));
  }

  /** What a suite says from now on; nothing when no suite moves. */
  private Map<String, Optional<SuiteManifest>> suite(Deployment deployment, Optional<Release> now)
      throws IOException, Refusal {
    if (!deployment.isSuite()) {
      return Map.of();
    }
    String name = SuiteDocuments.nameOf(deployment.component());
    return Map.of(name, now.isPresent() ? Optional.of(suites.held(now.get())) : Optional.empty());
  }

  Verdict observe(Deployment deployment) {
    Verdict verdict = Verdict.healthy();
    for (Deployment move : models(deployment)) {
      verdict = verdict.and(observe(move.component()));
    }
    return verdict;
  }

  private Verdict observe(String model) {
    Probation probation = probations.get(model);
    if (probation == null) {
      throw new IllegalStateException("observed before it was activated");
    }
    Optional<Observation> seen =
        service.observe().stream().filter(it -> it.model().equals(model)).findFirst();
    return seen.isEmpty()
        ? Verdict.unhealthy("NOT_SERVING: " + model + " does not serve")
        : judge(probation, seen.get());
  }

  private Verdict judge(Probation watch, Observation seen) {
    Guards guards = watch.guards();
    long requests = seen.answered() + seen.failed();
    if (seen.failed() * PER_MILLE > guards.errorsPerMille() * requests) {
      return Verdict.unhealthy("ERROR_RATE: " + seen.failed() + " of " + requests + " failed");
    }
    if (watch.medianBefore().isPresent() && seen.answered() > 0) {
      long before = watch.medianBefore().get().toNanos();
      long now = seen.latency().median().toNanos();
      if (now > before / 100 * guards.latencyPercent()) {
        return Verdict.unhealthy(
            "LATENCY: median " + now / 1000 + " us, before it was " + before / 1000 + " us");
      }
    }
    Duration watched = Duration.ofNanos(nanoTime.getAsLong() - watch.startNanos());
    Duration left = guards.probation().minus(watched);
    return left.isNegative() || left.isZero()
        ? Verdict.healthy()
        : Verdict.pending("in probation for " + left.toSeconds() + " s more");
  }

  void restore(Deployment deployment) throws IOException, Refusal {
    drop();
    probations.clear();
    Map<String, Optional<SuiteManifest>> suite = suite(deployment, deployment.from());
    Set<String> retired = new HashSet<>();
    Map<String, Release> back = new TreeMap<>();
    for (Deployment move : models(deployment)) {
      String model = move.component();
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

  private Map<String, Observation> takeOver(
      List<Candidate> ready, Set<String> retired, Map<String, Optional<SuiteManifest>> suites) {
    List<Lineup.Takeover> takeovers =
        ready.stream()
            .map(
                it ->
                    new Lineup.Takeover(it.name().name(), it.name().version(), it.loaded().model()))
            .toList();
    Map<String, Observation> before = service.change(new Lineup(takeovers, retired, suites));
    candidates.values().removeAll(ready); // From here on it is the service that closes them.
    return before;
  }

  private void drop() {
    candidates.values().forEach(it -> it.loaded().model().model().close());
    candidates.clear();
  }
}
