// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import dev.bartizan.crypto.TouchesTheWorld;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the daemon is measured against: a program without any protection that reads a model from its
 * file, loads it with ONNX Runtime and makes one inference.
 */
@TouchesTheWorld("a program of its own: reads the file it is given")
final class BareProgram {
  private static final long[] SHAPE = {1, 1, 32, 32};

  private BareProgram() {}

  public static void main(String[] arguments) throws Exception {
    byte[] model = Files.readAllBytes(Path.of(arguments[0]));
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model);
        OnnxTensor image =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(new float[32 * 32]), SHAPE);
        OrtSession.Result result = session.run(Map.of("image", image))) {
      System.out.println("inference " + result.size());
    }
  }
}
