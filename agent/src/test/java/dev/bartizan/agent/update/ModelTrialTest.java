// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.bartizan.agent.models.ModelLoader;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.golden.ProvenModel;
import dev.bartizan.updater.golden.Samples;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.SuiteMember;
import dev.bartizan.updater.install.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Models live outside of the heap: one that nobody closes is lost until the process ends. */
class ModelTrialTest {
  private final ModelService service = new ModelService(() -> Set.of(), this::tick);
  private long now;
  private long perRun;

  /** Asked before and after each run. */
  private long tick() {
    now += perRun / 2;
    return now;
  }

  private final List<Session> opened = new ArrayList<>();
  private final ModelTrial trial = new ModelTrial(this::load, service, this::held, () -> now);

  /** The load that fails, counted from 1, and how. */
  private int failing;

  private Exception failure = new IOException("the disk is gone");

  @Test
  void aMemberThatCannotBeReadLeavesNoneOfTheOthersOpen() {
    failing = 2;
    assertThrows(IOException.class, () -> trial.preflight(suite(Optional.empty())));
    assertEquals(1, opened.size());
    assertTrue(isClosed(opened.get(0)));
  }

  @Test
  void aMemberThatIsRefusedLeavesNoneOfTheOthersOpen() {
    failing = 2;
    failure = new Malformed("release.json: no model");
    assertSame(
        failure, assertThrows(Malformed.class, () -> trial.preflight(suite(Optional.empty()))));
    assertTrue(isClosed(opened.get(0)));
  }

  @Test
  void goingBackToMembersOfWhichOneCannotBeReadLeavesNoneOpen() {
    failing = 2;
    assertThrows(IOException.class, () -> trial.restore(suite(Optional.of("1.0"))));
    assertTrue(isClosed(opened.get(0)));
    assertTrue(service.find("first").isEmpty());
  }

  @Test
  void whatActivationFindsClosedByThePreflightsFailureIsLoadedAnew() throws Exception {
    failing = 2;
    Deployment alone = model("first");
    trial.preflight(alone);
    assertThrows(IOException.class, () -> trial.activate(suite(Optional.empty())));
    assertTrue(isClosed(opened.get(0)));
    assertTrue(service.find("first").isEmpty());
    trial.activate(alone);
    assertEquals("2.0", service.find("first").orElseThrow().version());
    assertFalse(isClosed(opened.get(opened.size() - 1)));
  }

  @Test
  void whatTookOverIsTheServicesToClose() throws Exception {
    Deployment alone = model("first");
    trial.preflight(alone);
    trial.activate(alone);
    trial.preflight(model("second"));
    assertEquals("2.0", service.find("first").orElseThrow().version());
    assertFalse(isClosed(opened.get(0)));
    service.close();
    assertTrue(isClosed(opened.get(0)));
  }

  @Test
  void whatClientsAskInProbationIsHeldAgainstNoRelease() throws Exception {
    // Roll-back from outside: a few large batches, or requests that cannot be answered, by whoever
    // may ask for inferences at all.
    trial.preflight(model("first"));
    trial.activate(model("first"));
    ask("first", 4);
    trial.preflight(model("first"));
    trial.activate(model("first"));

    ask("first", 1500 * 4);
    ask("first", 1500 * 4);
    for (int i = 0; i < 100; i++) {
      assertThrows(
          Refusal.class, () -> service.infer("first", Optional.empty(), Map.of(), Set.of()));
    }

    assertEquals(Verdict.Kind.PENDING, trial.observe(model("first")).kind());
    now += ProbationLimits.DEFAULT.probation().toNanos();
    assertEquals(Verdict.Kind.HEALTHY, trial.observe(model("first")).kind());
  }

  /** Each element takes a millisecond. */
  private void ask(String model, int elements) throws Exception {
    perRun = elements * 1_000_000L;
    float[] values = new float[elements];
    service.infer(
        model,
        Optional.empty(),
        Map.of("x", Samples.floats(Shape.of(elements / 4, 4), values)),
        Set.of());
    perRun = 0;
  }

  private ModelLoader.Loaded load(ReleaseName name, Digest release) throws IOException, Refusal {
    if (--failing == 0) {
      if (failure instanceof Refusal refusal) {
        throw refusal;
      }
      throw (IOException) failure;
    }
    ModelLoader.Loaded loaded = new ModelLoader.Loaded(ProbationLimits.DEFAULT, proven());
    opened.add(loaded.model().model());
    return loaded;
  }

  private static ProvenModel proven() {
    try {
      return Samples.scale(2);
    } catch (Exception broken) {
      throw new AssertionError(broken);
    }
  }

  private SuiteManifest held(Release suite) {
    return new SuiteManifest(
        new ReleaseName("line", suite.version()), Map.of(), JsonNodeFactory.instance.objectNode());
  }

  /** To version 2.0 of both models. */
  private static Deployment suite(Optional<String> from) {
    List<SuiteMember> parts =
        Stream.of("first", "second")
            .map(
                name ->
                    new SuiteMember(
                        ComponentName.of(name),
                        from.map(it -> release(name, it)),
                        release(name, "2.0")))
            .toList();
    return deployment("suite/line", parts);
  }

  private static Deployment model(String name) {
    return deployment(name, List.of());
  }

  private static Deployment deployment(String component, List<SuiteMember> parts) {
    return new Deployment(
        "d",
        Deployment.Kind.INSTALL,
        ComponentName.of(component),
        Optional.empty(),
        release(component, "2.0"),
        Initiator.local("test"),
        Optional.empty(),
        parts);
  }

  private static Release release(String name, String version) {
    return new Release(Digest.of((name + version).getBytes(UTF_8)), version);
  }

  private static boolean isClosed(Session model) {
    try {
      model.infer(Map.of("x", Samples.floats(Shape.of(1, 4), 1, 2, 3, 4)), Set.of());
      return false;
    } catch (IllegalStateException closed) {
      return true;
    } catch (Refusal refusal) {
      throw new AssertionError(refusal);
    }
  }
}
