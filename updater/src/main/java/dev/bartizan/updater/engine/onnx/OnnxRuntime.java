// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.updater.engine.Engine;
import dev.bartizan.updater.engine.ModelRefusal;
import dev.bartizan.updater.engine.RuntimeRefusal;
import dev.bartizan.updater.engine.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** ONNX Runtime, the process's one environment of it, and how sessions are set up. */
public final class OnnxRuntime implements Engine {
  private static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";

  /** What Debian promises never to make. */
  private static final String NOWHERE = "/nonexistent";

  private final OrtEnvironment environment;
  private final RuntimeTexts texts;
  private final int threads;

  private OnnxRuntime(OrtEnvironment environment, RuntimeTexts texts, int threads) {
    this.environment = environment;
    this.texts = texts;
    this.threads = threads;
  }

  /**
   * Loads the native library; a quarter of a second, so it is worth doing beside other work.
   *
   * @param threads cores one inference may use; 0 for all
   * @throws IOException when the library cannot be loaded on this machine
   * @throws RuntimeRefusal when it would tell its maker about this machine: it decides on that
   *     while it is loaded, and no later call takes it back
   */
  @TouchesTheWorld("looks at what the runtime will read of the environment")
  public static OnnxRuntime open(int threads) throws IOException, RuntimeRefusal {
    requireSilence(Optional.ofNullable(System.getenv(NO_TELEMETRY)));
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new IOException("tensors are little-endian and this machine is not");
    }
    try {
      // The runtime quotes offending input elements in its error log; the exception tells enough.
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "bartizan");
      return new OnnxRuntime(environment, RuntimeTexts.open(), threads);
    } catch (LinkageError unloadable) {
      throw new IOException("cannot load ONNX Runtime: " + unloadable.getMessage(), unloadable);
    }
  }

  static void requireSilence(Optional<String> setting) throws RuntimeRefusal {
    if (!setting.equals(Optional.of("1"))) {
      throw new RuntimeRefusal(NO_TELEMETRY);
    }
  }

  @Override
  public String version() {
    return environment.getVersion();
  }

  @Override
  public Session load(ByteBuffer weights) throws ModelRefusal {
    if (!weights.isDirect()) {
      throw new IllegalArgumentException("weights belong outside the heap");
    }
    ModelFormat.require(weights);
    return session(weights);
  }

  /** Without a look at the model: whatever else holds must hold by the options alone. */
  Session session(ByteBuffer weights) throws ModelRefusal {
    try (OrtSession.SessionOptions options = options()) {
      return OnnxSession.of(environment, texts, environment.createSession(weights, options));
    } catch (OrtException refused) {
      throw new ModelRefusal(
          "the runtime does not load it: " + OnnxSession.firstLine(refused.getMessage()), refused);
    }
  }

  private OrtSession.SessionOptions options() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    if (threads > 0) {
      options.setIntraOpNumThreads(threads);
    }
    // Worker threads may spin within an inference, where it buys latency, but not after it: the
    // daemon is a guest on this device.
    options.addConfigEntry("session.force_spinning_stop", "1");
    // The runtime's own format is not walked for data in other files, so it is not read.
    options.addConfigEntry("session.load_model_format", "ONNX");
    // Should the runtime find a way out of the model that we did not, it looks where nothing is,
    // and not in the directory that the daemon happens to run in.
    options.addConfigEntry("session.model_external_initializers_file_folder_path", NOWHERE);
    return options;
  }
}
