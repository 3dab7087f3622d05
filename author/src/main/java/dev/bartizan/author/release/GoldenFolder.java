// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.release.ReleaseRefusal.Code;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.updater.golden.GoldenVectors;
import dev.bartizan.updater.golden.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The golden vectors in an author's directory, in ONNX's layout for test data.
 *
 * <p>What is named like a vector is one, or is refused: a set that is left out in silence is one
 * that no device tries. Other files (a README, the model) are nobody's business.
 */
@TouchesTheWorld("reads the author's golden vectors")
final class GoldenFolder {
  private static final int MAX_LENGTH = 64 << 20;
  private static final String SET_PREFIX = "test_data_set_";
  private static final Pattern SET = Pattern.compile(SET_PREFIX + "\\d{1,4}");
  private static final Pattern LIKE_A_VECTOR = Pattern.compile("(input|output)_.*");
  private static final Pattern VECTOR = Pattern.compile("(input|output)_\\d{1,3}\\.pb");

  private final Path directory;
  private final Map<String, Bytes> vectors = new TreeMap<>();

  private GoldenFolder(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads the vectors below {@code directory}.
   *
   * @return by relative path, {@code test_data_set_0/input_0.pb}
   * @throws ReleaseRefusal BAD_GOLDEN when there are none or too many, one is no tensor, or a name
   *     leads nowhere or out of the directory
   */
  static Map<String, Bytes> read(Path directory) throws IOException, ReleaseRefusal {
    if (!Files.exists(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    GoldenFolder folder = new GoldenFolder(directory);
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.sorted().toList()) {
        if (name(entry).startsWith(SET_PREFIX)) {
          folder.addSet(entry);
        }
      }
    }
    if (folder.vectors.isEmpty()) {
      throw bad(directory, "holds no test_data_set_N/input_M.pb");
    }
    return folder.vectors;
  }

  private void addSet(Path set) throws IOException, ReleaseRefusal {
    if (!SET.matcher(name(set)).matches()) {
      throw bad(set, "is not named as a set is, test_data_set_N");
    }
    if (!Files.isDirectory(set)) {
      throw bad(set, "is no directory");
    }
    if (!set.toRealPath().startsWith(directory.toRealPath())) {
      throw bad(set, "leads out of " + directory + "; copy what it leads to");
    }
    try (Stream<Path> entries = Files.list(set)) {
      for (Path entry : entries.sorted().toList()) {
        if (LIKE_A_VECTOR.matcher(name(entry)).matches()) {
          vectors.put(name(set) + "/" + name(entry), vector(entry));
        }
        if (vectors.size() > GoldenVectors.MAX_FILES) {
          throw bad(directory, "holds more than " + GoldenVectors.MAX_FILES + " vectors");
        }
      }
    }
  }

  private static Bytes vector(Path file) throws IOException, ReleaseRefusal {
    if (!VECTOR.matcher(name(file)).matches()) {
      throw bad(file, "is not named as a vector is, input_M.pb or output_M.pb");
    }
    if (!Files.isRegularFile(file)) {
      throw bad(file, "is no file");
    }
    if (Files.size(file) > MAX_LENGTH) {
      throw bad(file, "is too large for a vector");
    }
    Bytes tensor = Bytes.of(Files.readAllBytes(file));
    try {
      TensorFile.read(tensor);
      return tensor;
    } catch (OnnxRefusal notATensor) {
      throw bad(file, String.valueOf(notATensor.getMessage()));
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static ReleaseRefusal bad(Path where, String what) {
    return new ReleaseRefusal(Code.BAD_GOLDEN, where + ": " + what);
  }
}
