package dev.bartizan.agent.update;

import dev.bartizan.agent.serve.GoldenRefusal;
import dev.bartizan.agent.serve.ModelRefusal;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.Observation;
import dev.bartizan.agent.vault.ModelLoader;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.Trial;
import dev.bartizan.updater.install.Verdict;
import dev.bartizan.updater.release.Guards;
import dev.bartizan.updater.release.ReleaseName;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tries a release on this device: golden vectors before it serves, its guards while it does.
 *
 * <p>Called by the installer's one thread.
 */
public final class ModelTrial implements Trial {
  private static final int PER_MILLE = 1000;

  private final ModelLoader loader;
  private final ModelService service;
  private final LongSupplier nanoTime;

  /** Loaded by the preflight, so that activation only swaps; and whose it is. */
  private @Nullable Candidate candidate;

  private @Nullable Probation probation;

  private record Candidate(Digest release, ModelLoader.Loaded loaded) {}

  private record Probation(Guards guards, long startNanos, Optional<Duration> medianBefore) {}

  /**
   * @param nanoTime monotonic: a clock that is set must not end a probation
   */
  public ModelTrial(ModelLoader loader, ModelService service, LongSupplier nanoTime) {
    this.loader = loader;
    this.service = service;
    this.nanoTime = nanoTime;
  }

  @Override
  public Verdict preflight(Deployment deployment, Set<Digest> objects) throws IOException, Refusal {
    drop();
    try {
      candidate = new Candidate(deployment.to().manifest(), load(deployment, deployment.to()));
      return Verdict.healthy();
    } catch (GoldenRefusal | ModelRefusal unfit) {
      return Verdict.unhealthy(unfit.code() + ": " + unfit.getMessage());
    }
  }

  @Override
  public void activate(Deployment deployment, Set<Digest> objects) throws IOException, Refusal {
    ModelLoader.Loaded loaded = take(deployment);
    Optional<Observation> before =
        service.activate(
            deployment.component(), loaded.manifest().release().version(), loaded.model());
    probation =
        new Probation(
            loaded.manifest().guards(),
            nanoTime.getAsLong(),
            before.filter(it -> it.answered() > 0).map(it -> it.latency().median()));
  }

  @Override
  public Verdict observe(Deployment deployment) {
    if (probation == null) {
      throw new IllegalStateException("observed before it was activated");
    }
    Optional<Observation> seen =
        service.observe().stream()
            .filter(it -> it.model().equals(deployment.component()))
            .findFirst();
    if (seen.isEmpty()) {
      return Verdict.unhealthy("NOT_SERVING: the release does not serve");
    }
    return judge(probation, seen.get());
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

  @Override
  public void restore(Deployment deployment) throws IOException, Refusal {
    drop();
    probation = null;
    if (deployment.from().isEmpty()) {
      service.retire(deployment.component());
      return;
    }
    Release old = deployment.from().get();
    if (!serves(deployment.component(), old)) {
      ModelLoader.Loaded loaded = load(deployment, old);
      service.activate(deployment.component(), old.version(), loaded.model());
    }
  }

  private boolean serves(String component, Release release) {
    return service.find(component).filter(it -> it.version().equals(release.version())).isPresent();
  }

  private ModelLoader.Loaded load(Deployment deployment, Release release)
      throws IOException, Refusal {
    return loader.load(
        new ReleaseName(deployment.component(), release.version()), release.manifest());
  }

  private ModelLoader.Loaded take(Deployment deployment) throws IOException, Refusal {
    Candidate ready = candidate;
    candidate = null;
    if (ready != null && ready.release().equals(deployment.to().manifest())) {
      return ready.loaded();
    }
    if (ready != null) {
      ready.loaded().model().model().close();
    }
    return load(deployment, deployment.to());
  }

  private void drop() {
    if (candidate != null) {
      candidate.loaded().model().model().close();
      candidate = null;
    }
  }
}
