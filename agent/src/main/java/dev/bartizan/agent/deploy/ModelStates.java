// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.protocol.evidence.ModelState.State;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.ComponentKind;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Installed;
import dev.bartizan.updater.install.Progress;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.UpdateState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The models on the device: those that are installed, and those on their way in. What a release is
 * to the device, the journal says; whether it serves, the service: it may have failed to load.
 */
final class ModelStates {
  private final Function<String, Optional<String>> serving;

  /**
   * @param serving the version of a model that answers requests now, by its name
   */
  ModelStates(Function<String, Optional<String>> serving) {
    this.serving = serving;
  }

  List<ModelState> of(Components installed, Optional<Progress> current) {
    List<ModelState> states = new ArrayList<>();
    for (Component component : installed.models()) {
      component.activeRelease().ifPresent(it -> states.add(active(component.name().name(), it)));
      for (Installed previous : component.previous()) {
        states.add(idle(component.name().name(), previous.release(), State.PREVIOUS));
      }
    }
    current.ifPresent(it -> states.addAll(onTheWay(it)));
    return states;
  }

  /** While another version serves, on trial, it is what that goes back to. */
  private ModelState active(String name, Release release) {
    Optional<String> now = serving.apply(name);
    boolean serves = now.equals(Optional.of(release.version()));
    State state = serves || now.isEmpty() ? State.ACTIVE : State.PREVIOUS;
    return new ModelState(name, release.version(), release.manifest(), state, serves);
  }

  private List<ModelState> onTheWay(Progress progress) {
    List<ModelState> states = new ArrayList<>();
    for (Deployment move : progress.deployment().moves()) {
      if (move.componentKind() != ComponentKind.SOFTWARE) {
        onTheWay(progress.state(), move.component().name(), move.to()).ifPresent(states::add);
      }
    }
    return states;
  }

  private Optional<ModelState> onTheWay(UpdateState progress, String name, Release release) {
    return switch (progress) {
      case STAGED -> Optional.of(idle(name, release, State.STAGED));
      case PROBATION -> Optional.of(onTrial(name, release));
      // Not whole yet, or about to be the one or the other.
      case IDLE, PLANNED, FETCHING, ACTIVATING, ROLLING_BACK -> Optional.empty();
      case COMMITTED, ROLLED_BACK, REFUSED, FAILED, CANCELLED -> Optional.empty();
    };
  }

  private ModelState onTrial(String name, Release release) {
    boolean serves = serving.apply(name).equals(Optional.of(release.version()));
    return new ModelState(name, release.version(), release.manifest(), State.PROBATION, serves);
  }

  private static ModelState idle(String name, Release release, State state) {
    return new ModelState(name, release.version(), release.manifest(), state);
  }
}
