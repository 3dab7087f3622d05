package dev.bartizan.fleet.release;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.fleet.release.ReleaseRefusal.Code;
import dev.bartizan.updater.onnx.OnnxRefusal;
import dev.bartizan.updater.onnx.TensorReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Golden vectors as one tar file: only what devices try, in one order, without times and owners, so
 * that equal vectors give equal bytes.
 */
final class GoldenTar {
  private static final int MAX_FILES = 1000;
  private static final int MAX_LENGTH = 64 << 20;
  private static final Pattern FILE =
      Pattern.compile("test_data_set_\\d{1,4}/(input|output)_\\d{1,3}\\.pb");

  private GoldenTar() {}

  /**
   * Packs the vectors below {@code directory}; other files there (a README, the model) stay out.
   *
   * @throws ReleaseRefusal BAD_GOLDEN when there are none or too many, or one is no tensor
   */
  static byte[] of(Path directory) throws IOException, ReleaseRefusal {
    Map<String, Bytes> vectors = read(directory);
    if (vectors.isEmpty()) {
      throw bad(directory, "holds no test_data_set_N/input_M.pb");
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(packed, StandardCharsets.US_ASCII.name())) {
      for (Map.Entry<String, Bytes> vector : vectors.entrySet()) {
        add(tar, vector.getKey(), vector.getValue().toArray());
      }
    }
    if (packed.size() > MAX_LENGTH) {
      throw bad(directory, "has more than " + MAX_LENGTH + " bytes of vectors");
    }
    return packed.toByteArray();
  }

  @TouchesTheWorld("reads the operator's golden vectors")
  private static Map<String, Bytes> read(Path directory) throws IOException, ReleaseRefusal {
    Map<String, Bytes> vectors = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory, 2)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString();
        if (FILE.matcher(name).matches()) {
          vectors.put(name, vector(file));
        }
        if (vectors.size() > MAX_FILES) {
          throw bad(directory, "holds more than " + MAX_FILES + " vectors");
        }
      }
    }
    return vectors;
  }

  @TouchesTheWorld("reads the operator's golden vectors")
  private static Bytes vector(Path file) throws IOException, ReleaseRefusal {
    if (Files.size(file) > MAX_LENGTH) {
      throw bad(file, "is too large for a vector");
    }
    Bytes tensor = Bytes.of(Files.readAllBytes(file));
    try {
      TensorReader.read(tensor);
      return tensor;
    } catch (OnnxRefusal notATensor) {
      throw bad(file, notATensor.getMessage());
    }
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setModTime(0L);
    entry.setIds(0, 0);
    entry.setNames("", "");
    entry.setMode(TarArchiveEntry.DEFAULT_FILE_MODE);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static ReleaseRefusal bad(Path where, String what) {
    return new ReleaseRefusal(Code.BAD_GOLDEN, where + ": " + what);
  }
}
