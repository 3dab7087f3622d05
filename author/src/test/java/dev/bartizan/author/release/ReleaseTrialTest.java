// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import static dev.bartizan.updater.golden.TinyModel.message;
import static dev.bartizan.updater.golden.TinyModel.node;
import static dev.bartizan.updater.golden.TinyModel.outside;
import static dev.bartizan.updater.golden.TinyModel.row;
import static dev.bartizan.updater.golden.TinyModel.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.updater.golden.TinyModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no device could load or answer is refused before a version is used up for it. */
class ReleaseTrialTest {
  private static final byte[] GOOD = TinyModel.adding(1, 1, 1, 1);

  @TempDir private Path folder;
  private TestAuthor author;

  @BeforeEach
  void foundAFleet() throws Exception {
    author = TestAuthor.founded(folder.resolve("author"));
  }

  @Nested
  class Models {
    @Test
    void whatIsNoModelIsRefusedAndCalledWhatItIs() throws Exception {
      assertTrue(refused("<!DOCTYPE html><title>404</title>").contains("page.onnx: it is a page"));
      String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
      assertTrue(refused(pointer).contains("Git LFS pointer"));
      byte[] future = TinyModel.of(50, node("Add"), message(5, TinyModel.tensor("w")));
      String reason = ReleaseTrialTest.this.refused("BAD_MODEL", future, Optional.empty());
      assertTrue(reason.contains("IR version: 50"), reason);
    }

    private String refused(String content) throws Exception {
      return ReleaseTrialTest.this.refused(
          "BAD_MODEL", content.getBytes(StandardCharsets.US_ASCII), Optional.empty());
    }
  }

  @Nested
  class Golden {
    @Test
    void whatTheModelGivesIsReleasedAndSaysHowNearItIs() throws Exception {
      Path golden = set("test_data_set_0", vector("", 1, 2, 3, 4), vector("", 2, 3, 4, 5));
      set("test_data_set_1", vector("x", 0, 0, 0, 0), vector("y", 1, 1, 1, 1.0005f));
      ReleaseAuthor.Proof proof = release(GOOD, Optional.of(golden)).golden().orElseThrow();
      assertEquals(2, proof.sets());
      assertEquals("test_data_set_1: output 'y'[3]", proof.deviation().place());
      assertEquals(0.0005, proof.deviation().largest(), 1e-6);
      assertEquals(0.0005, proof.deviation().relativeNeeded(), 1e-6);
      assertEquals("--rtol 5.0E-4 or --atol 0", RuntimeTrial.needs(proof.deviation()));
    }

    @Test
    void anotherAnswerIsRefusedWithTheToleranceThatWouldAdmitIt() throws Exception {
      Path golden = set("test_data_set_0", vector("", 1, 2, 3, 4), vector("", 2, 3, 4, 5.5f));
      String reason = refused("BAD_GOLDEN", GOOD, Optional.of(golden));
      assertTrue(reason.contains("output 'y'[3] should be 5.5 and is 5.0"), reason);
      assertTrue(reason.contains("--rtol 0.091 or --atol 0.5 would admit it"), reason);
    }

    @Test
    void anOutputThatDoesNotExistIsRefusedByFileAndName() throws Exception {
      Path golden = set("test_data_set_0", vector("", 1, 2, 3, 4), vector("nosuch", 2, 3, 4, 5));
      String reason = refused("BAD_GOLDEN", GOOD, Optional.of(golden));
      assertTrue(reason.contains("test_data_set_0/output_0.pb"), reason);
      assertTrue(reason.contains("no output 'nosuch'; it has [y]"), reason);
    }

    @Test
    void aSetWithoutAnOutputIsRefused() throws Exception {
      Path golden = set("test_data_set_0", vector("", 1, 2, 3, 4), new byte[0]);
      Files.delete(golden.resolve("test_data_set_0/output_0.pb"));
      assertTrue(refused("BAD_GOLDEN", GOOD, Optional.of(golden)).contains("output is missing"));
    }

    // A set that was left out in silence is one that no device tries.
    @Test
    void aSetBehindALinkIsTriedLikeTheOthersOrRefusedByName() throws Exception {
      Path golden = set("test_data_set_0", vector("", 1, 2, 3, 4), vector("", 2, 3, 4, 5));
      Path kept = Files.createDirectories(golden.resolve("kept"));
      Files.write(kept.resolve("input_0.pb"), vector("", 0, 0, 0, 0));
      Files.write(kept.resolve("output_0.pb"), vector("", 1, 1, 1, 1));
      Files.createSymbolicLink(golden.resolve("test_data_set_1"), Path.of("kept"));
      Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
      Files.createSymbolicLink(golden.resolve("test_data_set_2"), elsewhere);
      assertTrue(refused("BAD_GOLDEN", GOOD, Optional.of(golden)).contains("test_data_set_2"));
      Files.delete(golden.resolve("test_data_set_2"));
      Files.createSymbolicLink(golden.resolve("test_data_set_2"), folder.resolve("nowhere"));
      assertTrue(refused("BAD_GOLDEN", GOOD, Optional.of(golden)).contains("test_data_set_2"));
      Files.delete(golden.resolve("test_data_set_2"));

      Path linked = Files.createSymbolicLink(folder.resolve("linked"), golden);
      assertEquals(2, release(GOOD, Optional.of(linked)).golden().orElseThrow().sets());
    }
  }

  // Attack: the weights are changed in a file beside the signed model.
  @Nested
  class ExternalDataIsSignedToo {
    @Test
    void whatLiesBesideTheModelBecomesPartOfWhatIsSigned() throws Exception {
      Files.write(folder.resolve("w.bin"), TinyModel.join(new byte[8], row(1, 2, 3, 4)));
      byte[] model = TinyModel.addingFrom("w.bin", 8);
      Path golden = set("test_data_set_0", vector("", 0, 0, 0, 0), vector("", 1, 2, 3, 4));
      ReleaseAuthor.Released released = release(model, Optional.of(golden));
      assertEquals(0, released.golden().orElseThrow().deviation().largest());
      assertTrue(released.manifest().model().length() > model.length - 60);
      Map<String, Digest> files = author.everything();
      assertTrue(files.keySet().stream().noneMatch(it -> it.contains("inlined")), files::toString);
    }

    @Test
    void insideOfSubgraphsAndAttributesToo() throws Exception {
      Files.write(folder.resolve("w.bin"), row(1, 2, 3, 4));
      byte[] value = message(5, text(1, "value"), message(5, outside("w", "w.bin", 0)), type());
      byte[] constant = message(1, text(2, "w"), text(4, "Constant"), value);
      byte[] model = TinyModel.of(7, constant, node("Add"));
      Path golden = set("test_data_set_0", vector("", 0, 0, 0, 0), vector("", 1, 2, 3, 4));
      assertEquals(
          0, release(model, Optional.of(golden)).golden().orElseThrow().deviation().largest());
    }

    /** An attribute that is a tensor. */
    private byte[] type() {
      return TinyModel.number(20, 4);
    }

    @Test
    void whatIsNotThereOrElsewhereIsRefusedByName() throws Exception {
      assertTrue(
          refused("BAD_MODEL", TinyModel.addingFrom("w.bin", 0), Optional.empty())
              .contains("the data of tensor 'w' is in the file 'w.bin', which is not beside"));
      Path away = Files.createDirectories(folder.resolve("away")).resolve("w.bin");
      Files.write(away, row(1, 2, 3, 4));
      for (String location : new String[] {"../w.bin", away.toString()}) {
        refused(
            "BAD_MODEL",
            TinyModel.addingFrom(location.replace("..", "../.."), 0),
            Optional.empty());
      }
      Files.write(folder.resolve("short.bin"), new byte[4]);
      assertTrue(
          refused("BAD_MODEL", TinyModel.addingFrom("short.bin", 0), Optional.empty())
              .contains("ends behind the end"));
    }
  }

  private static byte[] vector(String name, float... row) {
    return TinyModel.vector(name, row);
  }

  private Path set(String name, byte[] input, byte[] output) throws IOException {
    Path golden = folder.resolve("golden");
    Path set = Files.createDirectories(golden.resolve(name));
    Files.write(set.resolve("input_0.pb"), input);
    Files.write(set.resolve("output_0.pb"), output);
    return golden;
  }

  private ReleaseAuthor.Released release(byte[] model, Optional<Path> golden) throws Exception {
    return author.author(new RuntimeTrial()).release(draft(model, golden));
  }

  private String refused(String code, byte[] model, Optional<Path> golden) throws Exception {
    Map<String, Digest> before = author.everything();
    ReleaseRefusal refusal =
        assertThrows(
            ReleaseRefusal.class,
            () -> author.author(new RuntimeTrial()).release(draft(model, golden)));
    assertEquals(code, refusal.code());
    assertEquals(before, author.everything());
    return String.valueOf(refusal.getMessage());
  }

  private ReleaseDraft draft(byte[] model, Optional<Path> golden) throws IOException {
    ReleaseDraft plain = author.draft("1.0.0", author.file("page.onnx", model));
    return new ReleaseDraft(
        plain.name(),
        plain.model(),
        golden.map(directory -> new ReleaseDraft.Golden(directory, 1e-3, 1e-7)),
        Set.of(),
        OptionalLong.empty(),
        plain.guards(),
        KeyDelivery.AHEAD);
  }
}
