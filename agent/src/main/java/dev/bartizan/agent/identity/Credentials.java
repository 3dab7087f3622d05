// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.disk.FormatRefusal;
import dev.bartizan.updater.software.Commitment;
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
 * @param attestationPem the certificate of its chip's attestation key and its chain, leaf first
 */
public record Credentials(String identityPem, String unwrapPem, Optional<String> attestationPem) {
  private static final FileName FILE = FileName.of("credentials.json");
  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-credentials", 1);
  private static final int MAX_LENGTH = 128 * 1024;
  private static final int MAX_PEM = 60 * 1024;

  /** Without a certificate for an attestation key. */
  public Credentials(String identityPem, String unwrapPem) {
    this(identityPem, unwrapPem, Optional.empty());
  }

  /** What the fleet has granted. */
  public static Credentials of(Grant grant) {
    return new Credentials(
        grant.identityChain(), grant.unwrapCertificate(), grant.attestationChain());
  }

  /** These with another identity. */
  public Credentials with(String newIdentityPem) {
    return new Credentials(newIdentityPem, unwrapPem, attestationPem);
  }

  /** What is stored, if the device is enrolled. */
  public static Optional<Credentials> find(Disk disk) throws IOException, Malformed {
    Optional<byte[]> content = disk.read(FILE, MAX_LENGTH);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    JsonFields fields = StrictJson.read(content.get(), MAX_LENGTH, FILE.path());
    int version = version(fields);
    Credentials read =
        new Credentials(
            fields.lines("identity", MAX_PEM),
            fields.lines("unwrap", MAX_PEM),
            fields.has("attestation")
                ? Optional.of(fields.lines("attestation", MAX_PEM))
                : Optional.empty());
    if (!Arrays.equals(content.get(), read.encode(version))) {
      throw new Malformed(FILE + ": is not as it was written: enrol again");
    }
    return Optional.of(read);
  }

  private static int version(JsonFields fields) throws Malformed {
    try {
      return FORMAT.accept(fields.findText("schema", DocumentFormat.MAX_TEXT), FILE.path());
    } catch (FormatRefusal another) {
      throw new Malformed(another.getMessage(), another);
    }
  }

  public void store(Disk disk) throws IOException {
    DurableFile.replace(disk, FILE, encode(new Commitment(disk).toWrite(FORMAT)));
  }

  /** One form for each value: whatever reads differently was not written here. */
  private byte[] encode(int version) {
    String all = identityPem + unwrapPem + attestationPem.orElse("");
    ObjectNode document =
        StrictJson.object()
            .put("schema", FORMAT.text(version))
            .put("identity", identityPem)
            .put("unwrap", unwrapPem);
    attestationPem.ifPresent(pem -> document.put("attestation", pem));
    document.put("sha256", Digest.of(all.getBytes(StandardCharsets.UTF_8)).hex());
    return StrictJson.writeIndented(document);
  }

  public List<X509Certificate> identityChain() throws Malformed {
    return Pem.certificates(identityPem, FILE + ": identity");
  }

  /** The attestation key's certificate first; empty when the fleet gave none. */
  public List<X509Certificate> attestationChain() throws Malformed {
    return attestationPem.isEmpty()
        ? List.of()
        : Pem.certificates(attestationPem.get(), FILE + ": attestation");
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
