// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Installed;
import dev.bartizan.updater.install.Progress;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.RequiredObjects;
import dev.bartizan.updater.install.UpdateState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelStatesTest {
  private static final String MODEL = "defect";

  private static Release release(String version) {
    return new Release(Digest.of(version.getBytes(UTF_8)), version);
  }

  private static Installed held(String version) {
    return new Installed(release(version), Set.of(), Map.of());
  }

  private static Progress to(String component, String version, UpdateState state) {
    Deployment deployment =
        new Deployment(
            "d1",
            Deployment.Kind.INSTALL,
            ComponentName.of(component),
            Optional.empty(),
            release(version),
            Initiator.local("root"),
            Optional.empty(),
            List.of());
    return new Progress(deployment, state, 1, new RequiredObjects(Map.of()), "");
  }

  /** With 2.0.0 active and 1.0.0 kept. */
  private static List<String> states(Optional<String> serving, Optional<Progress> current) {
    Component model =
        new Component(
            ComponentName.of(MODEL), Optional.of(held("2.0.0")), List.of(held("1.0.0")), List.of());
    return new ModelStates(name -> name.equals(MODEL) ? serving : Optional.empty())
        .of(new Components(Map.of(model.name(), model)), current).stream()
            .map(ModelStatesTest::text)
            .toList();
  }

  private static String text(ModelState model) {
    return model.version() + " " + model.state() + (model.serves() ? " serves" : "");
  }

  @Test
  void whatIsActiveServes() {
    assertEquals(
        List.of("2.0.0 ACTIVE serves", "1.0.0 PREVIOUS"),
        states(Optional.of("2.0.0"), Optional.empty()));
  }

  @Test
  void anActiveModelThatFailedToLoadIsNotTakenForASpareOne() {
    assertEquals(
        List.of("2.0.0 ACTIVE", "1.0.0 PREVIOUS"), states(Optional.empty(), Optional.empty()));
  }

  @Test
  void aReleaseThatWaitsForItsMomentIsStaged() {
    assertEquals(
        List.of("2.0.0 ACTIVE serves", "1.0.0 PREVIOUS", "3.0.0 STAGED"),
        states(Optional.of("2.0.0"), Optional.of(to(MODEL, "3.0.0", UpdateState.STAGED))));
  }

  @Test
  void whileAnotherIsOnTrialTheActiveOneIsWhatItGoesBackTo() {
    assertEquals(
        List.of("2.0.0 PREVIOUS", "1.0.0 PREVIOUS", "3.0.0 PROBATION serves"),
        states(Optional.of("3.0.0"), Optional.of(to(MODEL, "3.0.0", UpdateState.PROBATION))));
  }

  @ParameterizedTest
  @EnumSource(names = {"PLANNED", "FETCHING", "ACTIVATING", "ROLLING_BACK"})
  void whatIsNotWholeOrNotDecidedIsNoModelOfTheDevice(UpdateState state) {
    assertEquals(
        List.of("2.0.0 ACTIVE serves", "1.0.0 PREVIOUS"),
        states(Optional.of("2.0.0"), Optional.of(to(MODEL, "3.0.0", state))));
  }

  @Test
  void theAgentItselfIsNoModel() {
    assertEquals(
        List.of("2.0.0 ACTIVE serves", "1.0.0 PREVIOUS"),
        states(
            Optional.of("2.0.0"), Optional.of(to("software/agent", "0.2.0", UpdateState.STAGED))));
  }
}
