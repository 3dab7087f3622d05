// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import static dev.bartizan.updater.golden.TinyModel.message;
import static dev.bartizan.updater.golden.TinyModel.number;
import static dev.bartizan.updater.golden.TinyModel.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.updater.golden.TinyModel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of 2 GiB, in one file and in several; sparse ones, which take no room. */
class ModelFileTest {
  private static final long MOST = Integer.MAX_VALUE;

  @TempDir private Path folder;

  @Test
  void theLargestThereCanBeIsTakenAndOneByteMoreIsRefused() throws Exception {
    try (ModelFile most = open(sparse("most.onnx", MOST))) {
      assertEquals(MOST, most.mapped().remaining());
    }
    try (ModelFile more = open(sparse("more.onnx", MOST + 1))) {
      assertEquals(MOST + 1, more.length());
      ReleaseRefusal refusal = assertThrows(ReleaseRefusal.class, more::mapped);
      assertEquals("BAD_MODEL", refusal.code());
      assertTrue(String.valueOf(refusal.getMessage()).contains("more.onnx"), refusal::toString);
    }
  }

  @Test
  void dataBesideAModelThatWouldMakeItLargerIsRefusedBeforeAnyOfItIsCopied() throws Exception {
    sparse("w.bin", MOST);
    byte[] tensor =
        TinyModel.tensor("w", message(13, text(1, "location"), text(2, "w.bin")), number(14, 1));
    Path model = folder.resolve("model.onnx");
    Files.write(model, TinyModel.of(7, TinyModel.node("Add"), message(5, tensor)));
    Path copies = folder.resolve("copies");
    ReleaseRefusal refusal =
        assertThrows(ReleaseRefusal.class, () -> InlinedModel.of(model, copies));
    assertEquals("BAD_MODEL", refusal.code());
    assertTrue(String.valueOf(refusal.getMessage()).contains("2 GiB"), refusal::toString);
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(model, folder.resolve("w.bin")), left.sorted().toList());
    }
  }

  private static ModelFile open(Path path) throws Exception {
    return ModelFile.open(path, BulkCrypto.fastest(), ReleaseProgress.NONE);
  }

  private Path sparse(String name, long length) throws IOException {
    Path file = folder.resolve(name);
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength(length);
    }
    return file;
  }
}
