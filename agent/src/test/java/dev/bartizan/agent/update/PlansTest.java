// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Release;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A plan is made once, and survives whatever a journal survives. */
class PlansTest {
  private static final Components INSTALLED = new Components(Map.of());
  private static final ComponentName DEFECT = ComponentName.model("defect");
  private static final Release WANTED = release(2);
  private static final UpdatePlan BY_WHOLE =
      new UpdatePlan(new TransferStrategy.Whole(), List.of(), 1000, 1000);

  private FakeDisk disk = new FakeDisk();
  private final List<String> log = new ArrayList<>();
  private final Deployment deployment = deployment("d1", WANTED);
  private int made;

  private static Release release(int number) {
    return new Release(Digest.of(new byte[] {(byte) number}), number + ".0.0");
  }

  private static Deployment deployment(String id, Release to) {
    return new Deployment(
        id,
        Deployment.Kind.INSTALL,
        DEFECT,
        Optional.empty(),
        to,
        Initiator.command("c1", "k1"),
        Optional.empty(),
        List.of());
  }

  /** As after a start. */
  private Plans plans() {
    return new Plans(new PlanFile(disk), log::add);
  }

  private DeploymentPlan of(Plans plans) throws IOException, Refusal {
    return plans.of(deployment, INSTALLED, kind -> new Offering(), () -> make(plans));
  }

  private DeploymentPlan make(Plans plans) throws IOException {
    made++;
    DeploymentPlan plan = new DeploymentPlan(deployment, Map.of(DEFECT, BY_WHOLE));
    plans.keep(plan);
    return plan;
  }

  /** Offers the whole, and nothing else. */
  private static final class Offering implements ComponentPayloads {
    @Override
    public UpdatePlan look(ComponentName component, Release to, Components installed) {
      return BY_WHOLE;
    }

    @Override
    public UpdatePlan plan(Deployment move, Components installed) {
      return BY_WHOLE;
    }

    @Override
    public UpdatePlan recall(WrittenStrategy written, Deployment move, Components installed)
        throws Refusal {
      if (written.kind() != WrittenStrategy.Kind.WHOLE) {
        throw PlanRefusal.notOffered(move.to(), written.kind().text());
      }
      return BY_WHOLE;
    }

    @Override
    public void setAside(Deployment move, UpdatePlan plan) {}

    @Override
    public Optional<Set<Digest>> fetch(Deployment move, UpdatePlan plan) {
      return Optional.empty();
    }
  }

  @Test
  void aPlanIsMadeOnceHoweverOftenItIsAskedFor() throws Exception {
    Plans plans = plans();
    make(plans);
    for (int slice = 0; slice < 5; slice++) {
      assertEquals(BY_WHOLE, of(plans).of(deployment));
    }
    assertEquals(1, made);
  }

  @ParameterizedTest
  @EnumSource
  void aPowerCutLeavesThePlanOrNoneAndADeviceThatWasPlannedGoesOnByIt(Survival survival)
      throws Exception {
    boolean isWhole = false;
    for (int cut = 1; !isWhole; cut++) {
      disk = new FakeDisk();
      disk.cutBefore(cut);
      try {
        make(plans());
        isWhole = true;
      } catch (PowerCut off) {
        assertTrue(cut < 20, "a small file takes few calls");
      }
      disk.reboot(survival, cut);
      made = 0;
      log.clear();
      assertEquals(BY_WHOLE, of(plans()).of(deployment));
      assertEquals(made, log.size(), "told when, and only when, it was made anew");
      assertTrue(!isWhole || made == 0, "it was planned, and is planned again");
    }
  }

  @Test
  void aPlanThatIsGoneIsMadeAnewAndThatIsTold() throws Exception {
    of(plans());
    assertEquals(1, made);
    assertTrue(log.get(0).contains("PLAN_MISSING"), log.toString());
  }

  @Test
  void noByteOfThePlanCanBeFlippedWithoutItBeingMadeAnewOrRefused() throws Exception {
    make(plans());
    byte[] written = disk.read(PlanFile.NAME, 1 << 16).orElseThrow();
    for (int at = 0; at < written.length; at++) {
      made = 0;
      byte[] flipped = written.clone();
      flipped[at] ^= 1;
      DurableFile.replace(disk, PlanFile.NAME, flipped);
      of(plans());
      assertEquals(1, made, "byte " + at);
    }
  }

  // Attack: a plan of another deployment, or for another release, put in the place of this one.
  @Test
  void aForeignPlanIsMadeAnew() throws Exception {
    for (Deployment other : List.of(deployment("d2", WANTED), deployment("d1", release(3)))) {
      made = 0;
      log.clear();
      plans().keep(new DeploymentPlan(other, Map.of(DEFECT, BY_WHOLE)));
      of(plans());
      assertEquals(1, made);
      assertTrue(log.get(0).contains("PLAN_FOREIGN"), log.toString());
    }
  }

  // Attack: a plan on disk that wants what nobody has signed.
  @Test
  void aPlanForWhatIsNotOfferedIsMadeAnew() throws Exception {
    UpdatePlan byFiles = new UpdatePlan(new TransferStrategy.Files(), List.of(), 0, 0);
    plans().keep(new DeploymentPlan(deployment, Map.of(DEFECT, byFiles)));
    of(plans());
    assertEquals(1, made);
    assertTrue(log.get(0).contains("PLAN_NOT_OFFERED"), log.toString());
  }

  // Attack: a plan as long as memory.
  @Test
  void aPlanOverTheLimitIsNotRead() throws Exception {
    for (int length : List.of(WrittenPlan.MAX_LENGTH, WrittenPlan.MAX_LENGTH + 1)) {
      byte[] filler = " ".repeat(length).getBytes(StandardCharsets.US_ASCII);
      DurableFile.replace(disk, PlanFile.NAME, filler);
      PlanRefusal refusal =
          assertThrows(PlanRefusal.class, () -> new PlanFile(disk).read(deployment.id()));
      assertEquals("PLAN_UNREADABLE", refusal.code());
    }
  }

  @Test
  void anEndedDeploymentLeavesNoPlan() throws Exception {
    make(plans());
    new PlanFile(disk).remove();
    new PlanFile(disk).remove();
    assertEquals(List.of(), disk.names());
  }
}
