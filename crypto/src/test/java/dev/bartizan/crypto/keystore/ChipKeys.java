// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static dev.bartizan.crypto.keystore.DeviceKeystoreContract.ecdh;
import static dev.bartizan.crypto.keystore.DeviceKeystoreContract.pair;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmAddress;
import dev.bartizan.crypto.tpm.TpmPublic;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;

/** What tests of keys in a chip do with them. */
final class ChipKeys {
  private ChipKeys() {}

  private static final SecureRandom RANDOM = new SecureRandom();

  static String pem(TpmPublic key) throws Exception {
    String body =
        java.util.Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(key.toPublicKey().getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
  }

  static int checkquote(Path directory, Bytes nonce) throws Exception {
    return new ProcessBuilder(
            "tpm2_checkquote",
            "-u",
            "ak.pem",
            "-m",
            "quote.msg",
            "-s",
            "quote.sig",
            "-g",
            "sha256",
            "-q",
            nonce.hex())
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start()
        .waitFor();
  }

  static TpmAccess access(TpmAddress address) {
    return new TpmAccess(address, RANDOM, duration -> {});
  }

  static ECPublicKey ephemeral() throws Exception {
    return (ECPublicKey) pair("secp256r1").getPublic();
  }

  static void assertAgrees(DeviceKeystore keystore) throws Exception {
    KeyPair sender = pair("secp256r1");
    try (SecretBytes secret = keystore.agree((ECPublicKey) sender.getPublic())) {
      assertEquals(ecdh(sender, keystore.publicKey(KeyPurpose.UNWRAP)), secret.reveal(Bytes::of));
    }
  }

  static byte[] randomBytes() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
