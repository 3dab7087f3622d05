// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.SimulatedRelease.Quality;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.engine.Allowance;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.Engine;
import dev.bartizan.updater.engine.ModelRefusal;
import dev.bartizan.updater.engine.RunRefusal;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.engine.TensorSpec;
import dev.bartizan.updater.golden.Samples;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Runs models of {@link SimulatedRelease}, which say in their first bytes how they are to run. */
final class SimulatedEngine implements Engine {
  private static final int WIDTH = 4;
  private static final Duration USUAL = Duration.ofMillis(1);
  private static final Duration SLOW = Duration.ofMillis(50);
  private static final Duration UNTIL_IT_FAILS = Duration.ofSeconds(30);

  private final SimulatedWorld world;

  SimulatedEngine(SimulatedWorld world) {
    this.world = world;
  }

  @Override
  public String version() {
    return "simulated";
  }

  @Override
  public Session load(ByteBuffer weights) throws ModelRefusal {
    byte[] head = new byte[100];
    weights.duplicate().get(head);
    String[] words = new String(head, StandardCharsets.US_ASCII).split(" ");
    Quality quality = Quality.valueOf(words[2]);
    if (quality == Quality.UNLOADABLE) {
      throw new ModelRefusal("no model that this engine knows");
    }
    return new Loaded(quality, SimulatedRelease.factor(new ReleaseName(words[0], words[1])));
  }

  /** {@code y = factor * x}, as long as all goes well. */
  private final class Loaded implements Session {
    private final Quality quality;
    private final int factor;
    private final long since = world.nanos.get();
    private boolean isClosed;

    Loaded(Quality quality, int factor) {
      this.quality = quality;
      this.factor = quality == Quality.WRONG ? factor + 1 : factor;
    }

    @Override
    public Map<String, TensorSpec> inputs() {
      return Map.of("x", vector("x"));
    }

    @Override
    public Map<String, TensorSpec> outputs() {
      return Map.of("y", vector("y"));
    }

    private TensorSpec vector(String name) {
      return new TensorSpec(name, Datatype.FP32, List.of(1L, (long) WIDTH));
    }

    @Override
    public Map<String, Tensor> infer(
        Map<String, Tensor> given, Set<String> wanted, Allowance allowance) throws RunRefusal {
      if (isClosed) {
        throw new IllegalStateException("run after it was closed");
      }
      world.pass(quality == Quality.SLOW ? SLOW : USUAL);
      if (quality == Quality.FAILING && world.nanos.get() - since > UNTIL_IT_FAILS.toNanos()) {
        throw new RunRefusal(RunRefusal.Reason.MODEL_FAILED, "worn out");
      }
      Tensor x = Objects.requireNonNull(given.get("x"));
      float[] y = Samples.floats(Map.of("x", x), "x");
      for (int i = 0; i < y.length; i++) {
        y[i] *= factor;
      }
      return Map.of("y", Samples.floats(Shape.of(1, WIDTH), y));
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }
}
