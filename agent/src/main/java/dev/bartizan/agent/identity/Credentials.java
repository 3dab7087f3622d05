// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.identity;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The certificates the fleet has given this device. On disk with a digest beside them: what their
 * signatures do not cover may be damaged too.
 *
 * @param identityPem the TLS client certificate and its chain, leaf first
 * @param unwrapPem the certificate content keys are wrapped to
 */
public record Credentials(String identityPem, String unwrapPem) {
  private static final FileName FILE = FileName.of("credentials.json");
  private static final int MAX_LENGTH = 128 * 1024;
  private static final int MAX_PEM = 60 * 1024;

  /** What is stored, if the device is enrolled. */
  public static Optional<Credentials> find(Disk disk) throws IOException, Malformed {
    Optional<byte[]> content = disk.read(FILE, MAX_LENGTH);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    JsonFields fields = StrictJson.read(content.get(), MAX_LENGTH, FILE.path());
    Credentials read =
        new Credentials(fields.lines("identity", MAX_PEM), fields.lines("unwrap", MAX_PEM));
    if (!Arrays.equals(content.get(), read.encode())) {
      throw new Malformed(FILE + ": is not as it was written: enrol again");
    }
    return Optional.of(read);
  }

  public void store(Disk disk) throws IOException {
    DurableFile.replace(disk, FILE, encode());
  }

  /** One form for each value: whatever reads differently was not written here. */
  private byte[] encode() {
    Digest both = Digest.of((identityPem + unwrapPem).getBytes(StandardCharsets.UTF_8));
    return StrictJson.writeIndented(
        StrictJson.object()
            .put("identity", identityPem)
            .put("unwrap", unwrapPem)
            .put("sha256", both.hex()));
  }

  public List<X509Certificate> identityChain() throws Malformed {
    return Pem.certificates(identityPem, FILE + ": identity");
  }

  public X509Certificate unwrapCertificate() throws Malformed {
    return Pem.certificates(unwrapPem, FILE + ": unwrap").get(0);
  }

  /** Insists that both certificates are for the keys the keystore has. */
  public void requireFor(DeviceKeystore keystore) throws Malformed {
    boolean identity =
        identityChain().get(0).getPublicKey().equals(keystore.publicKey(KeyPurpose.IDENTITY));
    boolean unwrap =
        unwrapCertificate().getPublicKey().equals(keystore.publicKey(KeyPurpose.UNWRAP));
    if (!identity || !unwrap) {
      throw new Malformed(FILE + ": a certificate is not for this device's key: enrol again");
    }
  }
}
