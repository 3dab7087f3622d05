// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.release.ReleaseRefusal.Code;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.onnx.OnnxRuntime;
import dev.bartizan.updater.golden.Deviation;
import dev.bartizan.updater.golden.GoldenRefusal;
import dev.bartizan.updater.golden.GoldenVectors;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The trial on the runtime that devices have. */
public final class RuntimeTrial implements ModelTrial {
  private static final int ALL_CORES = 0;

  /** Two digits, rounded up, are enough of a tolerance for anybody. */
  private static final MathContext UP = new MathContext(2, RoundingMode.UP);

  @Override
  public Optional<Deviation> run(ByteBuffer model, Optional<GoldenVectors> golden)
      throws IOException, Refusal {
    try (Session loaded = OnnxRuntime.open(ALL_CORES).load(model)) {
      return golden.isEmpty() ? Optional.empty() : Optional.of(prove(loaded, golden.get()));
    }
  }

  private static Deviation prove(Session model, GoldenVectors golden) throws Refusal {
    Deviation deviation = golden.measure(model);
    try {
      golden.prove(model);
      return deviation;
    } catch (GoldenRefusal mismatch) {
      throw mismatch.difference().isEmpty()
          ? mismatch
          : new ReleaseRefusal(Code.BAD_GOLDEN, mismatch.getMessage() + "; " + advice(deviation));
    }
  }

  private static String advice(Deviation deviation) {
    return "the largest difference is "
        + amount(deviation.largest())
        + " ("
        + deviation.place()
        + "); "
        + needs(deviation)
        + " would admit it";
  }

  /** The options that admit all of it, each beside the other as it was given. */
  public static String needs(Deviation deviation) {
    String absolute = "--atol " + amount(deviation.absoluteNeeded());
    return Double.isFinite(deviation.relativeNeeded())
        ? "--rtol " + amount(deviation.relativeNeeded()) + " or " + absolute
        : absolute;
  }

  /** A number that is not below {@code exact}, as one types it. */
  public static String amount(double exact) {
    return exact == 0 ? "0" : Double.toString(new BigDecimal(exact).round(UP).doubleValue());
  }
}
