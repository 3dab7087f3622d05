// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.delta.tensor.LocatedTensor;
import dev.bartizan.delta.tensor.TensorMap;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A daemon that has loaded a model, searched as root: all of its memory for the content key and the
 * keys derived from it, all files of the system for the weights.
 *
 * <p>The model is one that exists nowhere else: the same files lie about wherever tests run.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretsInMemoryIT {
  private static final String VERSION = "7.0.0";
  private static final String NEXT = "7.0.1";

  /** Shapes and the like are in every model. */
  private static final int SMALL = 1024;

  private final Random random = new Random();
  private Path home = Path.of("");
  private Lab lab;
  private FileTime begin;

  @BeforeAll
  void serve() throws Exception {
    home = Files.createTempDirectory("b");
    begin = Files.getLastModifiedTime(home);
    lab = Lab.serving(Distribution.built(), home);
    lab.release(VERSION, uniqueModel(VERSION), Models.golden("1.0.0"));
    update(VERSION);
    // The next is made from the one before on the device, so that both keys are used once more.
    lab.release(NEXT, uniqueModel(NEXT), Models.golden("1.0.0"), "--delta-from", VERSION);
    update(NEXT);
  }

  private void update(String version) throws Exception {
    lab.command("update", "model=" + Models.NAME, "version=" + version).expect(0);
    assertEquals(version, lab.device().serving(Models.NAME));
  }

  @AfterAll
  void switchOff() throws IOException {
    lab.close();
    FileTree.delete(home);
  }

  /** The classifier with noise in the last bits of its weights: it answers as before. */
  private Path uniqueModel(String version) throws Exception {
    byte[] model = Files.readAllBytes(Models.file("1.0.0"));
    for (LocatedTensor tensor : weightsOf(model)) {
      for (long at = tensor.offset(); at + Float.BYTES <= tensor.end(); at += Float.BYTES) {
        model[(int) at] = (byte) random.nextInt(256);
      }
    }
    return Files.write(model(version), model);
  }

  private static List<LocatedTensor> weightsOf(byte[] model) throws Exception {
    return TensorMap.ofOnnx(new ByteArrayInputStream(model), model.length).tensors().stream()
        .filter(tensor -> tensor.length() >= SMALL)
        .toList();
  }

  /** The weights of a version, tensor by tensor. */
  private List<byte[]> weights(String version) throws Exception {
    byte[] model = Files.readAllBytes(model(version));
    return weightsOf(model).stream()
        .map(it -> Arrays.copyOfRange(model, (int) it.offset(), (int) it.end()))
        .toList();
  }

  private Path model(String version) {
    return home.resolve(version + ".onnx");
  }

  @Test
  void noKeyIsLeftInTheProcessAfterUpdatesNorAfterARestart() throws Exception {
    Needles keys = keys();
    assertNowhere(keys, "after updates");
    lab.device().stop();
    lab.device().start();
    Patience.await(
        "the model", Duration.ofMinutes(1), () -> lab.device().serving(Models.NAME).equals(NEXT));
    assertNowhere(keys, "after a restart");
  }

  private void assertNowhere(Needles keys, String when) throws IOException {
    ProcessImage image = ProcessImage.search(lab.device().pid(), keys);
    assertTrue(image.bytes() > 64 << 20, image.bytes() + " bytes are no daemon");
    assertEquals(0, image.total(), when + ": " + image.hits());
    for (String mapping : image.hidden()) {
      assertTrue(mapping.startsWith("/secretmem"), "cannot be read, and is not ours: " + mapping);
    }
  }

  /** Without this the one above proves nothing. */
  @Test
  void whatIsInTheProcessIsFound() throws Exception {
    byte[] marker = new byte[16];
    random.nextBytes(marker);
    byte[] asked = HexFormat.of().formatHex(marker).getBytes(StandardCharsets.US_ASCII);
    lab.device().inference(new String(asked, StandardCharsets.US_ASCII), new byte[0]);
    ProcessImage planted = ProcessImage.search(lab.device().pid(), Needles.shapesOf(asked));
    assertTrue(planted.total() > 0, "an inference for a model of that name left no trace");
    ProcessImage weights = ProcessImage.search(lab.device().pid(), Needles.runsOf(weights(NEXT)));
    assertTrue(weights.total() > 0, "the runtime has its copy in ordinary memory");
  }

  @Test
  void everyShapeOfAPlantedKeyIsFoundAtAnyPosition() {
    byte[] key = new byte[32];
    random.nextBytes(key);
    Needles needles = Needles.shapesOf(key);
    byte[] hay = new byte[4096];
    random.nextBytes(hay);
    assertEquals(0, needles.countIn(hay));
    for (int at = 0; at < 64; at++) {
      byte[] planted = hay.clone();
      System.arraycopy(key, 0, planted, at, key.length);
      assertEquals(2, needles.countIn(planted), "at " + at);
      ByteBuffer words = ByteBuffer.wrap(planted, at, 32).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      for (int word = 0; word < key.length; word += Long.BYTES) {
        words.putLong(ByteBuffer.wrap(key).getLong(word) ^ 0x3636363636363636L);
      }
      assertEquals(2, needles.countIn(planted), "as pad, at " + at);
    }
  }

  @Test
  void noFileOfTheSystemHoldsARunOfTheWeights() throws Exception {
    List<byte[]> weights = new ArrayList<>(weights(VERSION));
    weights.addAll(weights(NEXT));
    byte[] any = weights.get(random.nextInt(weights.size()));
    int at = random.nextInt(any.length - 64);
    Path planted = home.resolve("device/planted");
    Files.write(planted, Arrays.copyOfRange(any, at, at + 64));
    assertEquals(
        List.of(planted), sweep(Needles.runsOf(weights)).found(), "what was planted, no more");
    Files.delete(planted);
  }

  private FileSweep sweep(Needles runs) throws IOException {
    Set<Path> makers =
        Set.of(lab.operator().author(), lab.operator().directory(), model(VERSION), model(NEXT));
    FileSweep sweep =
        FileSweep.ofTheSystem(begin, home, makers, runs).withFilesOf(lab.device().pid());
    List<Path> ours = sweep.passed().stream().filter(it -> it.startsWith(home)).toList();
    assertEquals(List.of(), ours, sweep.passed().size() + " files could not be read");
    assertTrue(sweep.searched() > lab.device().stateFiles().size(), sweep.searched() + " files");
    return sweep;
  }

  @Test
  void theDaemonSaysWhatShieldsIt() throws Exception {
    List<String> good = new ArrayList<>();
    for (JsonNode safeguard : lab.device().status().path("safeguards")) {
      if (safeguard.path("verdict").asText().equals("good")) {
        good.add(safeguard.path("name").asText());
      }
    }
    assertTrue(
        good.containsAll(List.of("secrets", "core-dumps", "tracing", "attaching", "environment")),
        lab.device().status().path("safeguards").toString());
    String limits =
        Files.readString(Path.of("/proc", String.valueOf(lab.device().pid()), "limits"));
    assertTrue(limits.matches("(?s).*Max core file size +0 +0 .*"), limits);
    assertFalse(lab.device().log().contains("memory.secrets"), lab.device().log());
  }

  /** The content keys of both versions, and what opens each of their files. */
  private Needles keys() throws Exception {
    List<byte[]> keys = new ArrayList<>();
    for (String version : List.of("1.0.0", VERSION, NEXT)) {
      Path archive = lab.operator().author().resolve("releases").resolve(Models.NAME);
      byte[] content = Files.readAllBytes(archive.resolve(version).resolve("content.key"));
      keys.add(content);
      ReleaseManifest manifest =
          ReleaseManifest.parse(
              Files.readAllBytes(archive.resolve(version).resolve("release.json")));
      keys.add(derived(content, manifest, manifest.whole()));
      keys.add(derived(content, manifest, manifest.golden().orElseThrow().file()));
      manifest.deltas().forEach(delta -> keys.add(derived(content, manifest, delta.file())));
    }
    return Needles.shapesOf(keys.toArray(byte[][]::new));
  }

  /** By the book, docs/wire-formats.md, not by the code under test. */
  private static byte[] derived(byte[] content, ReleaseManifest manifest, EncryptedFile file) {
    Bytes root = manifest.model().root().value();
    byte[] name = file.file().getBytes(StandardCharsets.UTF_8);
    try {
      Mac mac = Mac.getInstance("HmacSHA512");
      mac.init(new SecretKeySpec(content, "HmacSHA512"));
      mac.update("c2sp.org/chunked-encryption@v1+".getBytes(StandardCharsets.US_ASCII));
      mac.update("AEAD_AES_256_GCM\0".getBytes(StandardCharsets.US_ASCII));
      mac.update(file.salt().toArray());
      mac.update("bartizan-artifact/1\0".getBytes(StandardCharsets.US_ASCII));
      mac.update(root.toArray());
      mac.update(ByteBuffer.allocate(Long.BYTES).putLong(manifest.epoch()).array());
      mac.update(name);
      return Arrays.copyOf(mac.doFinal(new byte[] {1}), 32);
    } catch (java.security.GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
