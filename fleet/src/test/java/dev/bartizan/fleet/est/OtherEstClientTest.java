// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.est;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.protocol.result.TrustTier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server against tools that nobody here wrote: openssl makes and reads, curl carries. */
final class OtherEstClientTest {
  @TempDir private Path folder;
  @TempDir private Path tools;

  @Test
  void opensslReadsTheAuthorityThatCurlFetches() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      write(fleet);

      run("curl", "-sS", "--fail", "--cacert", "ca.pem", "-o", "ca.b64", url(fleet, "cacerts"));
      run("openssl", "base64", "-d", "-in", "ca.b64", "-out", "ca.p7");
      run("openssl", "pkcs7", "-inform", "DER", "-in", "ca.p7", "-print_certs", "-out", "got.pem");

      assertEquals(fleet.anchor(), certificate("got.pem"));
    }
  }

  @Test
  void curlRenewsWithARequestThatOpensslMade() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      write(fleet);
      fleet.found(TrustTier.AFFIRMING);
      String id = SpiffeId.of(fleet.identity).toUri().toString();

      run(
          "openssl",
          "req",
          "-new",
          "-key",
          "device.key",
          "-sha256",
          "-subj",
          "/O=device/CN=" + fleet.ueid.text(),
          "-addext",
          "subjectAltName=URI:" + id,
          "-outform",
          "DER",
          "-out",
          "request.der");
      run("openssl", "base64", "-in", "request.der", "-out", "request.b64");
      run(
          "curl",
          "-sS",
          "--fail",
          "--cacert",
          "ca.pem",
          "--cert",
          "device.pem",
          "--key",
          "device.key",
          "-H",
          "Content-Type: application/pkcs10",
          "-H",
          "Content-Transfer-Encoding: base64",
          "--data-binary",
          "@request.b64",
          "-o",
          "next.b64",
          url(fleet, "simplereenroll"));
      run("openssl", "base64", "-d", "-in", "next.b64", "-out", "next.p7");
      run(
          "openssl",
          "pkcs7",
          "-inform",
          "DER",
          "-in",
          "next.p7",
          "-print_certs",
          "-out",
          "next.pem");
      run("openssl", "verify", "-CAfile", "ca.pem", "-purpose", "sslclient", "next.pem");

      assertEquals(fleet.registry.get(fleet.ueid).identity(), certificate("next.pem"));
    }
  }

  private void write(EstFleet fleet) throws Exception {
    Files.writeString(tools.resolve("ca.pem"), Pem.ofCertificates(List.of(fleet.anchor())));
    Files.writeString(tools.resolve("device.pem"), Pem.ofCertificates(List.of(fleet.identity)));
    Files.writeString(tools.resolve("device.key"), Pem.ofPrivateKey(fleet.key.getPrivate()));
  }

  private X509Certificate certificate(String file) throws Exception {
    return Pem.certificates(Files.readString(tools.resolve(file), US_ASCII), file).get(0);
  }

  private static String url(EstFleet fleet, String operation) {
    return fleet.uri(operation).toString();
  }

  private void run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(tools.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), US_ASCII);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), said);
    assertEquals(0, process.exitValue(), () -> String.join(" ", command) + ": " + said);
  }
}
