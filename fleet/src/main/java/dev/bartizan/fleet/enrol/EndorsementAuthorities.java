// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.fleet.enrol.AuthorityRefusal.Reason;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of the chip makers that the operator believes: {@code ek-roots/*.pem} for P-256 keys,
 * {@code ek-roots/rsa-2048/*.pem} and so on for the others. Who puts files there by hand is not
 * stopped; {@link EndorsementRoots} then finds what does not belong together.
 */
public final class EndorsementAuthorities {
  static final String FOLDER = "ek-roots";

  private static final String SUFFIX = ".pem";
  private static final int MAX_LENGTH = 256 * 1024;

  private final SharedDirectory directory;

  public EndorsementAuthorities(SharedDirectory directory) {
    this.directory = directory;
  }

  /**
   * One that is believed.
   *
   * @param file where it stands, below the operator's directory
   * @param kind the one kind of endorsement key it is believed for
   */
  public record Authority(String file, EndorsementKind kind, X509Certificate certificate) {
    /** What it is called on the command line: SHA-256 of the certificate's DER form. */
    public Digest fingerprint() {
      return Digest.of(Pem.der(certificate));
    }

    EndorsementAnchor anchor() throws Malformed {
      return EndorsementAnchor.of(certificate, file);
    }
  }

  /** All of them, by kind, then by file. */
  public List<Authority> all() throws IOException, Malformed {
    List<Authority> all = new ArrayList<>();
    for (EndorsementKind kind : EndorsementKind.values()) {
      for (String name : directory.list(folder(kind), SUFFIX)) {
        String file = folder(kind) + "/" + name;
        for (X509Certificate certificate : certificates(file)) {
          all.add(new Authority(file, kind, certificate));
        }
      }
    }
    return List.copyOf(all);
  }

  /**
   * Believes these from now on for keys of this kind, all of them or none.
   *
   * @throws AuthorityRefusal also when a kindred authority is believed for another kind: a chip of
   *     theirs would be two devices
   */
  public List<Authority> add(List<X509Certificate> certificates, EndorsementKind kind, Instant now)
      throws IOException, Refusal {
    List<Authority> added = new ArrayList<>();
    for (X509Certificate certificate : certificates) {
      String name = Digest.of(Pem.der(certificate)).hex() + SUFFIX;
      added.add(new Authority(folder(kind) + "/" + name, kind, certificate));
    }
    return directory.exclusively(
        () -> {
          List<Authority> before = all();
          for (Authority newcomer : added) {
            requireUsable(newcomer, now);
            requireNew(newcomer, before);
          }
          for (Authority newcomer : added) {
            write(newcomer.file(), List.of(newcomer.certificate()));
          }
          return List.copyOf(added);
        });
  }

  /** Believes this one no more: chips of its maker that are enrolled stay so. */
  public Authority remove(Digest fingerprint) throws IOException, Refusal {
    return directory.exclusively(
        () -> {
          List<Authority> found =
              all().stream().filter(it -> it.fingerprint().equals(fingerprint)).toList();
          for (Authority authority : found) {
            takeOut(authority);
          }
          return found.stream()
              .findFirst()
              .orElseThrow(
                  () ->
                      new AuthorityRefusal(
                          Reason.UNKNOWN, "no authority has the fingerprint " + fingerprint));
        });
  }

  /** The directory of the authorities that are believed for this kind of key. */
  static String folder(EndorsementKind kind) {
    return kind == EndorsementKind.ECC_P256 ? FOLDER : FOLDER + "/" + kind.text();
  }

  private static void requireUsable(Authority newcomer, Instant now)
      throws Malformed, AuthorityRefusal {
    try {
      newcomer.anchor().requireAuthority(now);
    } catch (NotValid reason) {
      throw new AuthorityRefusal(
          Reason.NOT_AN_AUTHORITY, "not to be believed: " + reason.getMessage(), reason);
    }
  }

  private static void requireNew(Authority newcomer, List<Authority> before)
      throws Malformed, AuthorityRefusal {
    for (Authority known : before) {
      if (known.kind() != newcomer.kind() && newcomer.anchor().isKinOf(known.anchor())) {
        throw new AuthorityRefusal(
            Reason.OTHER_KIND,
            newcomer.anchor()
                + " and "
                + known.anchor()
                + " in "
                + known.file()
                + " belong together, and that is believed for "
                + known.kind().text()
                + ": a chip of theirs would be two devices");
      }
      if (known.kind() == newcomer.kind() && known.certificate().equals(newcomer.certificate())) {
        throw new AuthorityRefusal(
            Reason.KNOWN_ALREADY, newcomer.anchor() + " is believed already, by " + known.file());
      }
    }
  }

  /** Others may stand in the same file, and stay there. */
  private void takeOut(Authority authority) throws IOException, Malformed {
    List<X509Certificate> others =
        certificates(authority.file()).stream()
            .filter(it -> !it.equals(authority.certificate()))
            .toList();
    if (!others.isEmpty()) {
      write(authority.file(), others);
    } else if (!directory.delete(authority.file())) {
      throw new IOException(directory.path(authority.file()) + ": somebody else took it away");
    }
  }

  private void write(String file, List<X509Certificate> certificates) throws IOException {
    directory.write(file, Pem.ofCertificates(certificates).getBytes(StandardCharsets.US_ASCII));
  }

  private List<X509Certificate> certificates(String file) throws IOException, Malformed {
    String pem = new String(directory.read(file, MAX_LENGTH), StandardCharsets.US_ASCII);
    return Pem.certificates(pem, directory.path(file).toString());
  }
}
