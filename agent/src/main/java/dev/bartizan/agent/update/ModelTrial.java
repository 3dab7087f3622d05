package dev.bartizan.agent.update;

import dev.bartizan.agent.serve.GoldenRefusal;
import dev.bartizan.agent.serve.Lineup;
import dev.bartizan.agent.serve.ModelRefusal;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.Observation;
import dev.bartizan.agent.vault.ModelLoader;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
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
import java.util.function.LongSupplier;

/**
 * Tries releases on this device: golden vectors before they serve, their guards while they do.
 * Those of a suite take over, and go back, in one instant.
 *
 * <p>Called by the installer's one thread.
 */
public final class ModelTrial {
  private static final int PER_MILLE = 1000;

  private final ModelLoader loader;
  private final ModelService service;
  private final SuiteDocuments suites;
  private final LongSupplier nanoTime;

  /** Loaded by the preflight, so that activation only swaps; by the release each is of. */
  private final Map<Digest, ModelLoader.Loaded> candidates = new HashMap<>();

  /** By model. */
  private final Map<String, Probation> probations = new HashMap<>();

  private record Probation(Guards guards, long startNanos, Optional<Duration> medianBefore) {}

  /**
   * @param nanoTime monotonic: a clock that is set must not end a probation
   */
  public ModelTrial(
      ModelLoader loader, ModelService service, SuiteDocuments suites, LongSupplier nanoTime) {
    this.loader = loader;
    this.service = service;
    this.suites = suites;
    this.nanoTime = nanoTime;
  }

  private static List<Deployment> models(Deployment deployment) {
    return deployment.moves().stream()
        .filter(it -> !it.component().startsWith(Component.SOFTWARE))
        .toList();
  }

  Verdict preflight(Deployment deployment) throws IOException, Refusal {
    drop();
    try {
      for (Deployment move : models(deployment)) {
        candidates.put(move.to().manifest(), load(move.component(), move.to()));
      }
      return Verdict.healthy();
    } catch (GoldenRefusal | ModelRefusal unfit) {
      drop();
      return Verdict.unhealthy(unfit.code() + ": " + unfit.getMessage());
    }
  }

  void activate(Deployment deployment) throws IOException, Refusal {
    Map<String, Guards> guards = new HashMap<>();
    List<Lineup.Takeover> takeovers = new ArrayList<>();
    for (Deployment move : models(deployment)) {
      ModelLoader.Loaded loaded = take(move);
      guards.put(move.component(), loaded.manifest().guards());
      takeovers.add(new Lineup.Takeover(move.component(), move.to().version(), loaded.model()));
    }
    Map<String, Observation> before =
        service.change(
            new Lineup(takeovers, Set.of(), suite(deployment, Optional.of(deployment.to()))));
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
    Set<String> retired = new HashSet<>();
    List<Lineup.Takeover> back = new ArrayList<>();
    for (Deployment move : models(deployment)) {
      String model = move.component();
      if (move.from().isEmpty()) {
        retired.add(model);
      } else if (!serves(model, move.from().get())) {
        Release old = move.from().get();
        back.add(new Lineup.Takeover(model, old.version(), load(model, old).model()));
      }
    }
    service.change(new Lineup(back, retired, suite(deployment, deployment.from())));
  }

  private boolean serves(String model, Release release) {
    return service.find(model).filter(it -> it.version().equals(release.version())).isPresent();
  }

  private ModelLoader.Loaded load(String model, Release release) throws IOException, Refusal {
    return loader.load(new ReleaseName(model, release.version()), release.manifest());
  }

  private ModelLoader.Loaded take(Deployment move) throws IOException, Refusal {
    ModelLoader.Loaded ready = candidates.remove(move.to().manifest());
    return ready == null ? load(move.component(), move.to()) : ready;
  }

  private void drop() {
    candidates.values().forEach(it -> it.model().model().close());
    candidates.clear();
  }
}
