// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The trained defect classifier, in its versions. */
@TouchesTheWorld("unpacks the models from the system tests's jar")
public final class Models {
  public static final String NAME = "defect";

  private static final List<String> CLASSES = List.of("none", "scratch", "pit", "crack", "stain");
  private static final int RUN = 64;
  private static Path unpacked = Path.of("");

  private Models() {}

  /** The ONNX file of a version. */
  public static Path file(String version) throws IOException {
    return folder().resolve(version).resolve("model.onnx");
  }

  /** The golden vectors of a version. */
  public static Path golden(String version) throws IOException {
    return folder().resolve(version).resolve("golden");
  }

  /** An inference request with a picture of that class. */
  public static byte[] sample(String label) throws IOException {
    return Files.readAllBytes(folder().resolve("samples").resolve(label + ".json"));
  }

  /** The class with the highest probability in an answer. */
  public static String label(JsonNode answer) {
    JsonNode probabilities = answer.path("outputs").path(0).path("data");
    int best = 0;
    for (int i = 1; i < probabilities.size(); i++) {
      if (probabilities.get(i).asDouble() > probabilities.get(best).asDouble()) {
        best = i;
      }
    }
    return CLASSES.get(best);
  }

  /** How many 64-byte runs of the model's weights the files hold. */
  public static int runsOf(Path model, List<Path> files) throws IOException {
    Set<ByteBuffer> runs = new HashSet<>();
    byte[] weights = Files.readAllBytes(model);
    for (int at = 0; at + RUN <= weights.length; at += RUN) {
      ByteBuffer run = ByteBuffer.wrap(weights, at, RUN);
      if (!isUniform(run)) {
        runs.add(run);
      }
    }
    int found = 0;
    for (Path file : files) {
      byte[] content = Files.readAllBytes(file);
      for (int at = 0; at + RUN <= content.length; at++) {
        if (runs.contains(ByteBuffer.wrap(content, at, RUN))) {
          found++;
        }
      }
    }
    return found;
  }

  private static boolean isUniform(ByteBuffer run) {
    for (int i = 1; i < RUN; i++) {
      if (run.get(run.position() + i) != run.get(run.position())) {
        return false;
      }
    }
    return true;
  }

  private static synchronized Path folder() throws IOException {
    if (unpacked.toString().isEmpty()) {
      unpacked = unpack();
    }
    return unpacked;
  }

  private static Path unpack() throws IOException {
    try {
      var location = Models.class.getResource("/models/" + NAME + "/README.md");
      if (location == null) {
        throw new IOException("the models are not on the class path");
      }
      if (location.getProtocol().equals("file")) {
        return Objects.requireNonNull(Path.of(location.toURI()).getParent());
      }
      Path target = Files.createTempDirectory("models");
      try (var jar = FileSystems.newFileSystem(location.toURI(), java.util.Map.of())) {
        copy(jar.getPath("/models/" + NAME), target);
      }
      return target;
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException("a resource has an address", impossible);
    }
  }

  private static void copy(Path from, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }
}
