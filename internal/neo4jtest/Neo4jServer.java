import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

/**
 * A Neo4j community server with Bolt on one loopback port, for tests and developers.
 *
 * It lives no longer than whoever started it: when its standard input closes, as the system does for a parent which
 * dies in any way, it shuts the databases down in order and exits. "ready" on standard output means Bolt answers and
 * the user neo4j has the password given in the environment.
 */
public class Neo4jServer {
    /** Arguments: data folder, port, and "keep" or "delete" for what becomes of the folder at the end. */
    public static void main(String[] args) {
        try {
            serve(Path.of(args[0]), Integer.parseInt(args[1]), args[2].equals("delete"));
            System.exit(0);
        } catch (Throwable failure) {
            // Neo4j's threads would keep the process alive after a failed start.
            failure.printStackTrace();
            System.exit(1);
        }
    }

    private static void serve(Path home, int port, boolean delete) throws IOException {
        // Half a gigabyte of empty log files per server costs more than it saves here; stopping need not wait two
        // seconds and more for new clients; and a test server asks nobody outside this machine for anything and reads
        // none of its files.
        Path settings = Files.writeString(home.resolve("neo4j.conf"), """
                dbms.security.auth_enabled=true
                server.bolt.enabled=true
                server.bolt.listen_address=%1$s
                server.bolt.advertised_address=%1$s
                server.memory.pagecache.size=64m
                db.tx_log.preallocate=false
                db.tx_log.rotation.size=16m
                internal.dbms.bolt.netty_server_shutdown_quiet_period=0
                dbms.usage_report.enabled=false
                dbms.security.allow_csv_import_from_file_urls=false
                """.formatted("127.0.0.1:" + port));
        DatabaseManagementService server =
                new DatabaseManagementServiceBuilder(home).loadPropertiesFromFile(settings).build();
        // A hook, so that an interrupt at the terminal, which reaches this process too, ends as the end of input does.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.shutdown();
            if (delete) {
                deleteAll(home);
            }
        }));

        server.database("system").executeTransactionally(
                "CREATE OR REPLACE USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED",
                Map.of("password", System.getenv("WEFT_NEO4J_PASSWORD")));
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // Only the end of input means anything.
        }
    }

    private static void deleteAll(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            List<Path> childrenFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : childrenFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
