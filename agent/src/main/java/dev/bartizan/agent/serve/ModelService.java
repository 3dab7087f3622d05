package dev.bartizan.agent.serve;

import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.updater.onnx.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Which version of each model serves now.
 *
 * <p>A swap is one atomic replacement: requests that came before it are answered by the old
 * version, which closes after the last of them; requests that come after it, by the new one. None
 * is refused because of it. Thread-safe.
 */
public final class ModelService implements AutoCloseable {
  private volatile Set<String> expected;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<String, Serving> serving = new ConcurrentHashMap<>();

  /**
   * @param expected the models this device is meant to serve: ready when all of them do
   * @param nanoTime monotonic nanoseconds, for latencies
   */
  public ModelService(Set<String> expected, LongSupplier nanoTime) {
    this.expected = Set.copyOf(expected);
    this.nanoTime = nanoTime;
  }

  /**
   * Lets a proven model take over. It is the service's to close from here on.
   *
   * @return what the version it replaces did until now; requests it still answers are not in it
   */
  public Optional<Observation> activate(String name, String version, ProvenModel proven) {
    Serving next = new Serving(name, version, proven.model(), nanoTime);
    return retired(Optional.ofNullable(serving.put(name, next)));
  }

  /** Stops serving a model once its requests are answered. */
  public Optional<Observation> retire(String name) {
    return retired(Optional.ofNullable(serving.remove(name)));
  }

  /** The model of that name, if it serves now. */
  public Optional<ServedModel> find(String name) {
    return Optional.ofNullable(serving.get(name)).map(Serving::description);
  }

  /** Whether a model of that name serves or is meant to. */
  public boolean knows(String name) {
    return expected.contains(name) || serving.containsKey(name);
  }

  /** Changes which models this device is meant to serve: what signed policy says now. */
  public void expect(Set<String> models) {
    expected = Set.copyOf(models);
  }

  /** Whether every expected model serves. */
  public boolean isReady() {
    return serving.keySet().containsAll(expected);
  }

  /** What the serving versions did so far, by model name. */
  public List<Observation> observe() {
    return serving.values().stream()
        .map(Serving::observation)
        .sorted((one, other) -> one.model().compareTo(other.model()))
        .toList();
  }

  /**
   * Runs one inference on the version that serves at this moment.
   *
   * @param version refuse if another version serves; empty for whichever does
   * @param outputs names of wanted outputs; empty for all
   */
  public Inference infer(
      String name, Optional<String> version, Map<String, Tensor> inputs, Set<String> outputs)
      throws InferenceRefusal {
    Serving held = hold(name);
    try {
      if (version.isPresent() && !version.get().equals(held.version())) {
        throw new InferenceRefusal(
            Reason.UNKNOWN_VERSION, "model '" + name + "' serves in version " + held.version());
      }
      return new Inference(name, held.version(), held.infer(inputs, outputs));
    } finally {
      held.letGo();
    }
  }

  /** Retires every model. */
  @Override
  public void close() {
    List.copyOf(serving.keySet()).forEach(this::retire);
  }

  /** Looks again when a swap came between looking and holding. */
  private Serving hold(String name) throws InferenceRefusal {
    Serving found;
    do {
      found = serving.get(name);
      if (found == null) {
        throw absent(name);
      }
    } while (!found.hold());
    return found;
  }

  private InferenceRefusal absent(String name) {
    return expected.contains(name)
        ? new InferenceRefusal(Reason.NOT_READY, "model '" + name + "' does not serve yet")
        : new InferenceRefusal(Reason.UNKNOWN_MODEL, "there is no model '" + name + "'");
  }

  private static Optional<Observation> retired(Optional<Serving> old) {
    old.ifPresent(Serving::letGo);
    return old.map(Serving::observation);
  }
}
