// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was signed is what is used: not a byte more, less or other. */
class TargetFileTest {
  private static final byte[] CONTENT = "weights".getBytes(UTF_8);

  private static TargetFile named(String path) {
    Hashes hashes = new Hashes(Map.of("sha256", Digest.of(CONTENT).value()));
    return new TargetFile(path, CONTENT.length, hashes, MissingNode.getInstance());
  }

  private static Code refusal(String content) {
    return assertThrows(TufRefusal.class, () -> named("x").accept(content.getBytes(UTF_8))).kind();
  }

  @Test
  void theSignedContentIsAcceptedAndNoOther() throws Exception {
    assertEquals(Bytes.of(CONTENT), named("x").accept(CONTENT));
    assertEquals(Code.TOO_LONG, refusal("weights!"));
    assertEquals(Code.HASH_MISMATCH, refusal("weight"));
    assertEquals(Code.HASH_MISMATCH, refusal("Weights"));
    assertEquals(Code.HASH_MISMATCH, refusal(""));
  }

  @Test
  void anEndlessStreamIsStoppedAtTheFirstByteTooMany() throws Exception {
    ContentCheck check = named("x").checking();
    check.update(ByteBuffer.wrap(CONTENT));
    TufRefusal refusal =
        assertThrows(TufRefusal.class, () -> check.update(ByteBuffer.wrap(new byte[1])));
    assertEquals(Code.TOO_LONG, refusal.kind());
  }

  @Test
  void everySignedDigestMustHold() {
    Hashes two =
        new Hashes(
            Map.of("sha256", Digest.of(CONTENT).value(), "sha512", Bytes.ofHex("00".repeat(64))));
    TargetFile file = new TargetFile("x", CONTENT.length, two, MissingNode.getInstance());
    assertEquals(
        Code.HASH_MISMATCH, assertThrows(TufRefusal.class, () -> file.accept(CONTENT)).kind());
  }

  @Test
  void itsPlaceInARepositoryCarriesTheDigestAndNothingThatAServerWouldInterpret() throws Exception {
    String hash = Digest.of(CONTENT).hex();
    assertEquals("models/a/" + hash + ".m.onnx", named("models/a/m.onnx").urlPath(true));
    assertEquals("models/a/m.onnx", named("models/a/m.onnx").urlPath(false));
    assertEquals("a%3Fb/" + hash + ".c%23%20d", named("a?b/c# d").urlPath(true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/x", "x/", "../x", "a/../x", "a/./x", "a//x", ".."})
  void aPathThatClimbsIsRefused(String path) {
    TufRefusal refusal = assertThrows(TufRefusal.class, () -> named(path).urlPath(true));
    assertEquals(Code.BAD_NAME, refusal.kind());
  }

  @Test
  void itsFileNameIsHarmlessAndItsOwn() {
    assertEquals("a%2Fb", named("a/b").fileName());
    assertEquals("a%252Fb", named("a%2Fb").fileName());
    assertEquals("%2E%2E", named("..").fileName());
    assertEquals("%2E", named(".").fileName());
    assertEquals("...", named("...").fileName());
  }
}
