// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.bundle;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.enrol.EndorsementAuthorities;
import dev.bartizan.fleet.enrol.EndorsementRoots;
import dev.bartizan.fleet.trust.RepositoryClient;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.Root;
import dev.bartizan.updater.tuf.TufClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Whom the verifier of a bundle believes, as he says himself.
 *
 * @param author pinned; the metadata has to follow from it
 * @param results the key that signs results and bundles
 * @param devices the authority of devices' certificates
 * @param makers of chips; without any, nobody's word on a chip can be checked
 * @param place where all this was read, for people
 */
public record GivenRoots(
    Root author,
    StatementKey results,
    X509Certificate devices,
    Optional<EndorsementRoots> makers,
    String place) {
  private static final String AUTHORITY = CertificateAuthority.NAME + ".pem";
  private static final int MAX_LENGTH = 64 * 1024;

  /**
   * Those of a directory laid out like a server's: {@code author-root.json}, {@code
   * keys/verifier.pub}, {@code ca/ca.pem} and {@code ek-roots/}.
   *
   * @param root in place of the directory's pinned root
   * @param makers a directory with another {@code ek-roots/}
   */
  public static GivenRoots in(
      SharedDirectory directory, Optional<byte[]> root, Optional<SharedDirectory> makers)
      throws IOException, Refusal {
    return new GivenRoots(
        root.isPresent() ? TufClient.root(root.get()) : RepositoryClient.pinned(directory),
        new OperatorKeys(directory).publicKey(OperatorKeys.VERIFIER),
        authority(directory),
        makers(makers.orElse(directory)),
        directory.path("").toString());
  }

  private static X509Certificate authority(SharedDirectory directory) throws IOException, Refusal {
    String pem = new String(directory.read(AUTHORITY, MAX_LENGTH), StandardCharsets.US_ASCII);
    return Pem.certificates(pem, directory.path(AUTHORITY).toString()).get(0);
  }

  private static Optional<EndorsementRoots> makers(SharedDirectory directory)
      throws IOException, Refusal {
    return new EndorsementAuthorities(directory).all().isEmpty()
        ? Optional.empty()
        : Optional.of(EndorsementRoots.load(directory));
  }
}
