// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.agent.schedule.BackgroundTask;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Payloads;
import dev.bartizan.updater.install.RequiredObjects;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Payloads that a worker gets, while the installer's thread goes on: asked for the first time, they
 * are ordered; asked again, they are there or still on their way. So no peer ever has the thread
 * that decides wait.
 *
 * <p>Called by the installer's one thread.
 */
public final class DistantPayloads implements Payloads {
  /**
   * Progress is told byte by byte and shard by shard; a whole model is hashed and synced at once.
   */
  private static final Duration DEADLINE = Worker.SILENCE.multipliedBy(2);

  private final Payloads payloads;
  private final Worker worker;
  private @Nullable Job job;
  private String lastReason = "under way";

  /** What was ordered. */
  private record Job(
      String deployment, boolean isPlan, BackgroundTask<Optional<RequiredObjects>> task) {
    boolean is(Deployment asked, boolean plan) {
      return deployment.equals(asked.id()) && isPlan == plan;
    }
  }

  public DistantPayloads(Payloads payloads, Worker worker) {
    this.payloads = payloads;
    this.worker = worker;
  }

  @Override
  public void plan(Deployment deployment, Components installed) throws IOException, Refusal {
    ask(
        deployment,
        true,
        () -> {
          payloads.plan(deployment, installed);
          return Optional.empty();
        });
  }

  @Override
  public Optional<RequiredObjects> fetch(Deployment deployment, Components installed)
      throws IOException, Refusal {
    return ask(deployment, false, () -> payloads.fetch(deployment, installed));
  }

  /**
   * Whether nothing is being written that belongs to another deployment than {@code current}: one
   * that was called off writes until its worker has noticed.
   */
  public boolean isQuietBut(Optional<Deployment> current) {
    Job now = job;
    return now == null
        || now.task().isDone()
        || current.filter(it -> it.id().equals(now.deployment())).isPresent();
  }

  private Optional<RequiredObjects> ask(
      Deployment deployment, boolean plan, BackgroundTask.Work<Optional<RequiredObjects>> work)
      throws IOException, Refusal {
    Job now = job;
    if (now == null || !now.is(deployment, plan)) {
      String name = "update of " + deployment.component();
      now = new Job(deployment.id(), plan, worker.submit(Part.DEPLOY, name, DEADLINE, work));
      job = now;
    }
    if (!now.task().isDone()) {
      throw new IOException(lastReason);
    }
    job = null;
    return take(now.task());
  }

  private Optional<RequiredObjects> take(BackgroundTask<Optional<RequiredObjects>> task)
      throws IOException, Refusal {
    try {
      Optional<RequiredObjects> required = Interruptible.complete(task::get);
      lastReason = "under way";
      return required;
    } catch (IOException notNow) {
      lastReason = String.valueOf(notNow.getMessage());
      throw notNow;
    }
  }
}
