// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve;

import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.updater.engine.Allowance;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.golden.ProvenModel;
import dev.bartizan.updater.install.ComponentKind;
import dev.bartizan.updater.install.ComponentName;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Which version of each model serves now.
 *
 * <p>A swap is one atomic replacement: requests that came before it are answered by the old
 * version, which closes after the last of them; requests that come after it, by the new one. None
 * is refused because of it. Thread-safe.
 */
public final class ModelService implements AutoCloseable {
  private final Supplier<Set<String>> expected;
  private final LongSupplier nanoTime;

  /** Replaced as a whole: nobody sees one model of a suite without the other. */
  private volatile Line line = new Line(Map.of(), Map.of());

  /** Why nothing serves that is meant to, where there is more to say than that it does not yet. */
  private volatile Optional<String> withheld = Optional.empty();

  /** All that serves at one moment. */
  private record Line(Map<String, SessionLease> models, Map<String, SuiteManifest> suites) {
    Line {
      models = Map.copyOf(models);
      suites = Map.copyOf(suites);
    }

    boolean isWhole(SuiteManifest suite) {
      return suite.members().entrySet().stream()
          .allMatch(it -> serves(ComponentName.of(it.getKey()), it.getValue()));
    }

    private boolean serves(ComponentName component, SuiteManifest.Member member) {
      SessionLease model = models.get(component.name());
      return component.kind() == ComponentKind.SOFTWARE
          || (model != null && model.version().equals(member.version()));
    }
  }

  /**
   * @param expected the models this device is meant to serve, as signed policy says now: ready when
   *     all of them do
   * @param nanoTime monotonic nanoseconds, for latencies
   */
  public ModelService(Supplier<Set<String>> expected, LongSupplier nanoTime) {
    this.expected = expected;
    this.nanoTime = nanoTime;
  }

  /**
   * Lets a proven model take over. It is the service's to close from here on.
   *
   * @return what the version it replaces did until now; requests it still answers are not in it
   */
  public Optional<ServingStatistics> activate(String name, String version, ProvenModel proven) {
    ModelSetChange.Takeover takeover = new ModelSetChange.Takeover(name, version, proven);
    return Optional.ofNullable(
        change(new ModelSetChange(List.of(takeover), Set.of(), Map.of())).get(name));
  }

  /** Stops serving a model once its requests are answered. */
  public Optional<ServingStatistics> retire(String name) {
    return Optional.ofNullable(
        change(new ModelSetChange(List.of(), Set.of(name), Map.of())).get(name));
  }

  /**
   * Lets several models take over or stop, and suites take effect, all in one instant.
   *
   * @return what the versions that are replaced did until now, by model name
   */
  public synchronized Map<String, ServingStatistics> change(ModelSetChange change) {
    Map<String, SessionLease> models = new HashMap<>(line.models());
    Map<String, SessionLease> replaced = new HashMap<>();
    for (String name : change.out()) {
      Optional.ofNullable(models.remove(name)).ifPresent(old -> replaced.put(name, old));
    }
    for (ModelSetChange.Takeover takeover : change.in()) {
      String name = takeover.name();
      SessionLease next =
          new SessionLease(name, takeover.version(), takeover.proven().model(), nanoTime);
      Optional.ofNullable(models.put(name, next)).ifPresent(old -> replaced.put(name, old));
    }
    Map<String, SuiteManifest> suites = new HashMap<>(line.suites());
    suites.keySet().removeAll(change.suites().keySet());
    change.suites().forEach((name, suite) -> suite.ifPresent(it -> suites.put(name, it)));
    line = new Line(models, suites);
    return retired(replaced);
  }

  /**
   * Retires every model because policy lets none serve while the verifier is silent.
   *
   * @param why for whoever asks for an inference
   */
  public void withhold(String why) {
    withheld = Optional.of(why);
    change(new ModelSetChange(List.of(), line.models().keySet(), Map.of()));
  }

  /** Models may serve again; none does by this alone. */
  public void release() {
    withheld = Optional.empty();
  }

  /** The suites of which every model serves in the version that belongs to it. */
  public List<SuiteManifest> suites() {
    Line now = line;
    return now.suites().values().stream()
        .filter(now::isWhole)
        .sorted(Comparator.comparing(it -> it.release().name()))
        .toList();
  }

  /** The model of that name, if it serves now. */
  public Optional<ServedModel> find(String name) {
    return Optional.ofNullable(line.models().get(name)).map(SessionLease::description);
  }

  /** Whether a model of that name serves or is meant to. */
  public boolean knows(String name) {
    return expected.get().contains(name) || line.models().containsKey(name);
  }

  /** Whether every expected model serves. */
  public boolean isReady() {
    return line.models().keySet().containsAll(expected.get());
  }

  /** What the serving versions did so far, by model name. */
  public List<ServingStatistics> observe() {
    return line.models().values().stream()
        .map(SessionLease::observation)
        .sorted((one, other) -> one.model().compareTo(other.model()))
        .toList();
  }

  /**
   * Runs one inference on the version that serves at this moment.
   *
   * @param version refuse if another version serves; empty for whichever does
   * @param outputs names of wanted outputs; empty for all
   * @param allowance asked before each output is copied
   */
  public Inference infer(
      String name,
      Optional<String> version,
      Map<String, Tensor> inputs,
      Set<String> outputs,
      Allowance allowance)
      throws InferenceRefusal {
    SessionLease held = hold(name);
    try {
      if (version.isPresent() && !version.get().equals(held.version())) {
        throw new InferenceRefusal(
            Reason.UNKNOWN_VERSION, "model '" + name + "' serves in version " + held.version());
      }
      return new Inference(name, held.version(), held.infer(inputs, outputs, allowance));
    } finally {
      held.letGo();
    }
  }

  /**
   * Runs the version that serves on inputs of our own, beside its clients: nothing of it is
   * counted.
   *
   * @return how long it took
   * @throws InferenceRefusal also when these are not its inputs
   */
  public Duration shadow(String name, Map<String, Tensor> inputs) throws InferenceRefusal {
    SessionLease held = hold(name);
    try {
      return held.shadow(inputs);
    } finally {
      held.letGo();
    }
  }

  /** The same, without a limit for the outputs. */
  public Inference infer(
      String name, Optional<String> version, Map<String, Tensor> inputs, Set<String> outputs)
      throws InferenceRefusal {
    return infer(name, version, inputs, outputs, Allowance.UNLIMITED);
  }

  /** Retires every model. */
  @Override
  public void close() {
    change(new ModelSetChange(List.of(), line.models().keySet(), Map.of()));
  }

  /** Looks again when a swap came between looking and holding. */
  private SessionLease hold(String name) throws InferenceRefusal {
    SessionLease found;
    do {
      found = line.models().get(name);
      if (found == null) {
        throw absent(name);
      }
    } while (!found.hold());
    return found;
  }

  private InferenceRefusal absent(String name) {
    if (!expected.get().contains(name)) {
      return new InferenceRefusal(Reason.UNKNOWN_MODEL, "there is no model '" + name + "'");
    }
    String model = "model '" + name + "' does not serve";
    return withheld
        .map(why -> new InferenceRefusal(Reason.REPORTS_UNANSWERED, model + ": " + why))
        .orElseGet(() -> new InferenceRefusal(Reason.NOT_READY, model + " yet"));
  }

  private static Map<String, ServingStatistics> retired(Map<String, SessionLease> replaced) {
    Map<String, ServingStatistics> seen = new HashMap<>();
    replaced.forEach(
        (name, old) -> {
          old.letGo();
          seen.put(name, old.observation());
        });
    return seen;
  }
}
