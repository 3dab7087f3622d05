// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.UpdateEvent.Kind;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.util.Optional;

/** Does the work of a state through the ports, and says as an event what came of it. */
final class EffectExecutor {
  private final ObjectStore store;
  private final Payloads payloads;
  private final Trial trial;
  private final Limits limits;

  EffectExecutor(ObjectStore store, Payloads payloads, Trial trial, Limits limits) {
    this.store = store;
    this.payloads = payloads;
    this.trial = trial;
    this.limits = limits;
  }

  /**
   * What came of it.
   *
   * @param kind whether to ask again at once, and if not, whether that was foreseen
   */
  record Result(UpdateEvent event, Step.Kind kind) {
    static Result go(UpdateEvent event) {
      return new Result(event, Step.Kind.DONE);
    }

    static Result pause(UpdateEvent event) {
      return new Result(event, Step.Kind.WAITING);
    }

    static Result hindered(UpdateEvent event) {
      return new Result(event, Step.Kind.HINDERED);
    }
  }

  Result work(Effect effect, Progress progress, Components components) {
    return switch (effect) {
      case PLAN -> plan(progress.deployment(), components);
      case FETCH -> fetch(progress.deployment(), components);
      case PREFLIGHT -> preflight(progress);
      case ACTIVATE -> activate(progress);
      case OBSERVE -> observe(progress.deployment());
      case RESTORE -> restore(progress);
      case COLLECT -> throw new IllegalStateException(effect + " yields no event");
    };
  }

  /** The event of a start, or of a try that did not work: again, as long as there are tries. */
  UpdateEvent again(Progress progress, String reason) {
    return progress.starts() < limits.starts()
        ? UpdateEvent.because(Kind.RESTARTED, reason)
        : UpdateEvent.because(Kind.EXHAUSTED, reason);
  }

  private Result plan(Deployment deployment, Components components) {
    if (deployment.kind() == Deployment.Kind.ROLL_BACK) {
      return Result.go(UpdateEvent.of(Kind.PLAN_MADE));
    }
    try {
      payloads.plan(deployment, components);
      return Result.go(UpdateEvent.of(Kind.PLAN_MADE));
    } catch (Refusal refusal) {
      return refused(refusal);
    } catch (IOException notNow) {
      return notYet(notNow);
    }
  }

  private Result fetch(Deployment deployment, Components components) {
    try {
      Optional<RequiredObjects> required =
          switch (deployment.kind()) {
            case INSTALL -> payloads.fetch(deployment, components);
            case ROLL_BACK -> Optional.of(heldObjects(deployment, components));
          };
      return Result.go(required.map(UpdateEvent::fetched).orElse(UpdateEvent.of(Kind.NOT_YET)));
    } catch (Refusal refusal) {
      return refused(refusal);
    } catch (IOException notNow) {
      return notYet(notNow);
    }
  }

  /** An earlier release needs no metadata and no network, only its objects, unharmed. */
  private RequiredObjects heldObjects(Deployment deployment, Components components)
      throws IOException, Refusal {
    RequiredObjects required = RequiredObjects.UNKNOWN;
    for (Deployment change : deployment.changes().toList()) {
      Component component = components.named(change.component());
      required =
          required.and(component.name(), component.findHeld(change.to()).orElseThrow().objects());
    }
    for (Digest object : required.all()) {
      store.verify(object);
    }
    return required;
  }

  private Result preflight(Progress progress) {
    try {
      return judged(trial.preflight(progress.deployment()), Kind.FIT);
    } catch (Refusal refusal) {
      return refused(refusal);
    } catch (IOException notNow) {
      return notYet(notNow);
    }
  }

  private Result activate(Progress progress) {
    try {
      trial.activate(progress.deployment());
      return Result.go(UpdateEvent.of(Kind.ACTIVATED));
    } catch (Refusal refusal) {
      return Result.go(UpdateEvent.because(Kind.FAULTY, Explanation.of(refusal)));
    } catch (IOException failed) {
      return Result.hindered(again(progress, "ACTIVATION_FAILED: " + failed.getMessage()));
    }
  }

  private Result observe(Deployment deployment) {
    return judged(trial.observe(deployment), Kind.HEALTHY);
  }

  private Result restore(Progress progress) {
    try {
      trial.restore(progress.deployment());
      return Result.go(UpdateEvent.of(Kind.RESTORED));
    } catch (Refusal | IOException failed) {
      return Result.hindered(again(progress, "RESTORE_FAILED: " + failed.getMessage()));
    }
  }

  private static Result judged(Verdict verdict, Kind good) {
    return switch (verdict.kind()) {
      case HEALTHY -> Result.go(UpdateEvent.of(good));
      case UNHEALTHY -> Result.go(UpdateEvent.because(Kind.FAULTY, verdict.reason()));
      case PENDING -> Result.pause(UpdateEvent.because(Kind.NOT_YET, verdict.reason()));
    };
  }

  private static Result refused(Refusal refusal) {
    return Result.go(UpdateEvent.because(Kind.REFUSED, Explanation.of(refusal)));
  }

  /** Only who postponed it on purpose has said why; anything else is trouble. */
  private static Result notYet(IOException notNow) {
    UpdateEvent event = UpdateEvent.because(Kind.NOT_YET, Explanation.of(notNow));
    return notNow instanceof Postponed ? Result.pause(event) : Result.hindered(event);
  }
}
