#include "backend/sim/image.h"

#include <string.h>

#define PATH_DEBIAN "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

const struct sim_app sim_apps[] = {
    {
        .name = "docker.io/jellyfin/jellyfin",
        .distro = "debian-13",
        .entrypoint = {"/jellyfin/jellyfin"},
        .env = {PATH_DEBIAN, "HEALTHCHECK_URL=http://localhost:8096/health", "LANG=en_US.UTF-8", "LC_ALL=en_US.UTF-8",
                "MALLOC_TRIM_THRESHOLD_=131072", "NVIDIA_DRIVER_CAPABILITIES=compute,video,utility",
                "NVIDIA_VISIBLE_DEVICES=all", "JELLYFIN_DATA_DIR=/config", "JELLYFIN_CONFIG_DIR=/config/config",
                "JELLYFIN_CACHE_DIR=/cache", "JELLYFIN_LOG_DIR=/config/log", "JELLYFIN_WEB_DIR=/jellyfin/jellyfin-web",
                "JELLYFIN_FFMPEG=/usr/lib/jellyfin-ffmpeg/ffmpeg", "XDG_CACHE_HOME=/cache",
                "LD_PRELOAD=/usr/lib/jellyfin/libjemalloc.so.2"},
        .volumes = {"/config", "/cache"},
        .ports = {"8096/tcp"},
        .source = "https://github.com/jellyfin/jellyfin-packaging",
    },
    {
        .name = "docker.io/library/nginx",
        .distro = "debian-13",
        .entrypoint = {"/docker-entrypoint.sh"},
        .cmd = {"nginx", "-g", "daemon off;"},
        .env = {PATH_DEBIAN, "NGINX_VERSION=@", "PKG_RELEASE=1~trixie"},
        .ports = {"80/tcp"},
        .stop_signal = "SIGQUIT",
        .source = "https://github.com/nginx/docker-nginx",
    },
    {
        .name = "docker.io/library/nextcloud",
        .distro = "debian-13",
        .entrypoint = {"/entrypoint.sh"},
        .cmd = {"apache2-foreground"},
        .env = {PATH_DEBIAN, "PHP_VERSION=8.3.27", "PHP_MEMORY_LIMIT=512M", "PHP_UPLOAD_LIMIT=512M",
                "NEXTCLOUD_VERSION=@", "APACHE_CONFDIR=/etc/apache2", "APACHE_ENVVARS=/etc/apache2/envvars",
                "APACHE_BODY_LIMIT=1073741824", "PHP_INI_DIR=/usr/local/etc/php"},
        .volumes = {"/var/www/html"},
        .ports = {"80/tcp"},
        .workdir = "/var/www/html",
        .stop_signal = "SIGWINCH",
    },
    {
        .name = "docker.io/vaultwarden/server",
        .distro = "debian-13",
        .cmd = {"/start.sh"},
        .env = {PATH_DEBIAN, "ROCKET_PROFILE=release", "ROCKET_ADDRESS=0.0.0.0", "ROCKET_PORT=80",
                "DEBIAN_FRONTEND=noninteractive"},
        .volumes = {"/data"},
        .ports = {"80/tcp"},
        .source = "https://github.com/dani-garcia/vaultwarden",
    },
    {
        .name = "docker.io/gitea/gitea",
        .distro = "alpine-3.22",
        .entrypoint = {"/usr/bin/entrypoint"},
        .cmd = {"/usr/bin/s6-svscan", "/etc/s6"},
        .env = {PATH_DEBIAN, "USER=git", "GITEA_CUSTOM=/data/gitea"},
        .volumes = {"/data"},
        .ports = {"22/tcp", "3000/tcp"},
        .source = "https://github.com/go-gitea/gitea",
    },
    {
        .name = "docker.io/gitea/act_runner",
        .distro = "alpine-3.22",
        .entrypoint = {"/sbin/tini", "--", "run.sh"},
        .env = {PATH_DEBIAN},
        .volumes = {"/data"},
        .source = "https://gitea.com/gitea/act_runner",
    },
    {
        .name = "docker.io/adguard/adguardhome",
        .distro = "alpine-3.22",
        .entrypoint = {"/opt/adguardhome/AdGuardHome"},
        .cmd = {"--no-check-update", "-c", "/opt/adguardhome/conf/AdGuardHome.yaml", "-w", "/opt/adguardhome/work"},
        .env = {PATH_DEBIAN},
        .ports = {"53/tcp", "53/udp", "80/tcp", "443/tcp", "443/udp", "853/tcp", "3000/tcp"},
        .workdir = "/opt/adguardhome/work",
        .source = "https://github.com/AdguardTeam/AdGuardHome",
    },
    {
        .name = "docker.io/library/eclipse-mosquitto",
        .distro = "alpine-3.22",
        .entrypoint = {"/docker-entrypoint.sh"},
        .cmd = {"/usr/sbin/mosquitto", "-c", "/mosquitto/config/mosquitto.conf"},
        .env = {PATH_DEBIAN, "VERSION=@"},
        .volumes = {"/mosquitto/data", "/mosquitto/log"},
        .ports = {"1883/tcp"},
    },
    {
        .name = "ghcr.io/blakeblackshear/frigate",
        .distro = "debian-12",
        .entrypoint = {"/init"},
        .env = {PATH_DEBIAN, "DEFAULT_FFMPEG_VERSION=7.0", "NVIDIA_VISIBLE_DEVICES=all",
                "NVIDIA_DRIVER_CAPABILITIES=compute,video,utility"},
        .ports = {"5000/tcp", "8554/tcp", "8555/tcp", "8555/udp", "8971/tcp"},
        .workdir = "/opt/frigate",
        .source = "https://github.com/blakeblackshear/frigate",
    },
    {
        .name = "ghcr.io/home-assistant/home-assistant",
        .distro = "alpine-3.22",
        .entrypoint = {"/init"},
        .env = {PATH_DEBIAN, "LANG=C.UTF-8", "S6_SERVICES_GRACETIME=240000", "UV_SYSTEM_PYTHON=true"},
        .volumes = {"/config"},
        .ports = {"8123/tcp"},
        .workdir = "/config",
        .source = "https://github.com/home-assistant/core",
    },
    {
        .name = "ghcr.io/immich-app/immich-server",
        .distro = "debian-13",
        .entrypoint = {"tini", "--", "/bin/bash", "-c"},
        .cmd = {"start.sh"},
        .env = {PATH_DEBIAN, "NODE_ENV=production", "NVIDIA_DRIVER_CAPABILITIES=all", "NVIDIA_VISIBLE_DEVICES=all",
                "IMMICH_SOURCE_REF=@"},
        .volumes = {"/data"},
        .ports = {"2283/tcp"},
        .workdir = "/usr/src/app",
        .source = "https://github.com/immich-app/immich",
    },
    {
        .name = "ghcr.io/paperless-ngx/paperless-ngx",
        .distro = "debian-13",
        .entrypoint = {"/init"},
        .env = {PATH_DEBIAN, "PYTHONDONTWRITEBYTECODE=1", "PNGX_CONTAINERIZED=1", "S6_KEEP_ENV=1"},
        .volumes = {"/usr/src/paperless/data", "/usr/src/paperless/media", "/usr/src/paperless/consume",
                    "/usr/src/paperless/export"},
        .ports = {"8000/tcp"},
        .workdir = "/usr/src/paperless/src",
        .source = "https://github.com/paperless-ngx/paperless-ngx",
    },
};
const size_t sim_napps = sizeof(sim_apps) / sizeof(sim_apps[0]);

const struct sim_app *sim_app(const char *name)
{
    for (size_t i = 0; i < sim_napps; i++)
        if (strcmp(sim_apps[i].name, name) == 0)
            return &sim_apps[i];
    return NULL;
}
